with messages as (

    select * from {{ source('raw_mastodon', 'messages') }}

),

-- a tombstone carries nothing but the deletion: what was written stays as it was last seen
versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by coalesce(is_tombstone, false) asc, {{ newest_first() }}
        ) as content_rank,
        first_value(deleted_at) over (
            partition by source, id
            order by {{ newest_first() }}
        ) as gone_at
    from messages

),

statuses as (

    select * from versions
    where content_rank = 1 and not coalesce(is_tombstone, false)

),

-- what each answer stands under
links_0 as (

    select
        source,
        id,
        in_reply_to_id as up_0
    from statuses
    where in_reply_to_id is not null

),
{{ thread_links('id') }}

select
    statuses.source,
    'mastodon' as platform,
    statuses.id as message_id,
    cast(null as varchar) as channel_id,
    statuses.account_id as author_id,
    statuses.created_at,
    statuses.edited_at,
    statuses.gone_at as deleted_at,
    coalesce(links_5.up_5, statuses.id) as thread_id,
    statuses.in_reply_to_id as parent_id,
    statuses.reblog_of_id as repost_of,
    case
        when statuses.reblog_of_id is not null then 'repost'
        when links_5.up_5 is null then 'post'
        else 'comment'
    end as kind,
    links_5.up_5 is null as is_opener,
    cast(null as varchar) as title,
    statuses.text,
    statuses.url,
    coalesce(statuses.mentioned, {{ no_list() }}) as mentions,
    cast(statuses.text_length as bigint) as text_length,
    cast(statuses.links_count as bigint) as links_count,
    coalesce(statuses.has_question, false) as has_question,
    false as is_marked_question
from statuses
left join links_5
    on statuses.source = links_5.source and statuses.id = links_5.id
