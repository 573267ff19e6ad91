with messages as (

    select * from {{ source('raw_reddit', 'messages') }}

),

-- a tombstone carries nothing but the deletion: what was written stays as it was last seen
versions as (

    select
        *,
        row_number() over (
            partition by source, name
            order by coalesce(is_tombstone, false) asc, {{ newest_first() }}
        ) as content_rank,
        first_value(deleted_at) over (
            partition by source, name
            order by {{ newest_first() }}
        ) as gone_at
    from messages

)

select
    source,
    'reddit' as platform,
    name as message_id,
    subreddit as channel_id,
    author as author_id,
    created_utc as created_at,
    edited as edited_at,
    gone_at as deleted_at,
    coalesce(link_id, name) as thread_id,
    parent_id,
    crosspost_parent as repost_of,
    case when link_id is null then 'post' else 'comment' end as kind,
    link_id is null as is_opener,
    title,
    body as text,
    'https://www.reddit.com' || permalink as url,
    coalesce(mentioned, {{ no_list() }}) as mentions,
    cast(text_length as bigint) as text_length,
    cast(links_count as bigint) as links_count,
    coalesce(has_question, false) as has_question,
    false as is_marked_question
from versions
where content_rank = 1 and not coalesce(is_tombstone, false)
