with messages as (

    select * from {{ source('raw_files', 'messages') }}

),

-- a row that tells only of a deletion: what was written stays as it was last seen
versions as (

    select
        *,
        coalesce(is_tombstone, false) as is_bare,
        coalesce(nullif(thread_id, ''), message_id) as opener_id,
        row_number() over (
            partition by source, message_id
            order by coalesce(is_tombstone, false) asc, {{ newest_first() }}
        ) as content_rank,
        first_value(deleted_at) over (
            partition by source, message_id
            order by {{ newest_first() }}
        ) as latest_deleted_at
    from messages

)

select
    source,
    'files' as platform,
    message_id,
    channel_id,
    author_id,
    created_at,
    edited_at,
    latest_deleted_at as deleted_at,
    opener_id as thread_id,
    parent_id,
    repost_of,
    case
        when kind in ('comment', 'repost', 'system') then kind
        when kind is null and repost_of is not null then 'repost'
        when opener_id = message_id then 'post'
        else 'comment'
    end as kind,
    opener_id = message_id as is_opener,
    title,
    text,
    url,
    coalesce(mentions, {{ no_list() }}) as mentions,
    cast(text_length as bigint) as text_length,
    cast(links_count as bigint) as links_count,
    coalesce(has_question, false) as has_question,
    coalesce(is_marked_question, false) as is_marked_question
from versions
where content_rank = 1 and not is_bare
