with unioned as (

    select * from {{ ref('int_messages_unioned') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

dated as (

    select
        unioned.*,
        {{ local_date('unioned.created_at', 'settings.time_zone') }} as local_date,
        {{ local_date('unioned.deleted_at', 'settings.time_zone') }} as deleted_date
    from unioned
    cross join settings

)

select
    {{ surrogate_key('source', 'message_id') }} as message_key,
    source,
    platform,
    message_id,
    channel_id,
    {{ surrogate_key('source', 'channel_id') }} as channel_key,
    author_id,
    {{ surrogate_key('source', 'author_id') }} as account_key,
    {{ surrogate_key('source', 'thread_id') }} as thread_key,
    {{ surrogate_key('source', 'parent_id') }} as parent_message_key,
    {{ surrogate_key('source', 'repost_of') }} as repost_message_key,
    kind,
    is_opener,
    created_at,
    local_date,
    edited_at,
    deleted_at,
    -- what was gone by the end of its own day never stood; what went later stood until then, so no past day changes
    kind <> 'system' and (deleted_date is null or deleted_date > local_date) as is_act,
    kind = 'post' and (has_question or is_marked_question) as is_question,
    title,
    substr(trim(text), 1, 200) as excerpt,
    url,
    mentions,
    text_length,
    links_count
from dated
