with messages as (

    select * from {{ source('raw_telegram_export', 'messages') }}

),

-- a tombstone carries nothing but the deletion: what was written stays as it was last seen
versions as (

    select
        *,
        row_number() over (
            partition by source, chat_id, id
            order by coalesce(is_tombstone, false) asc, {{ newest_first() }}
        ) as content_rank,
        first_value(deleted_at) over (
            partition by source, chat_id, id
            order by {{ newest_first() }}
        ) as gone_at
    from messages

),

said as (

    select
        *,
        chat_id || '/' || cast(id as varchar) as message_id,
        -- an answer to a message of another chat has no place in this one
        case
            when reply_to_peer_id is null
                then chat_id || '/' || cast(reply_to_message_id as varchar)
        end as parent_id
    from versions
    where content_rank = 1 and not coalesce(is_tombstone, false)

),

-- what each answer stands under
links_0 as (

    select
        source,
        message_id,
        parent_id as up_0
    from said
    where parent_id is not null

),
{{ thread_links('message_id') }}

select
    said.source,
    'telegram_export' as platform,
    said.message_id,
    said.chat_id as channel_id,
    said.from_id as author_id,
    said.date_unixtime as created_at,
    said.edited_unixtime as edited_at,
    said.gone_at as deleted_at,
    coalesce(links_5.up_5, said.message_id) as thread_id,
    said.parent_id,
    cast(null as varchar) as repost_of,
    case
        when said.type = 'service' then 'system'
        when links_5.up_5 is null then 'post'
        else 'comment'
    end as kind,
    links_5.up_5 is null as is_opener,
    cast(null as varchar) as title,
    nullif(said.text, '') as text,
    cast(null as varchar) as url,
    coalesce(said.mentioned, {{ no_list() }}) as mentions,
    cast(said.text_length as bigint) as text_length,
    cast(said.links_count as bigint) as links_count,
    coalesce(said.has_question, false) as has_question,
    false as is_marked_question
from said
left join links_5
    on said.source = links_5.source and said.message_id = links_5.message_id
