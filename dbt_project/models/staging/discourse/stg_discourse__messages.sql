with messages as (

    select * from {{ source('raw_discourse', 'messages') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

-- a tombstone carries nothing but the deletion: what was written stays as it was last seen
deletions as (

    select
        *,
        coalesce(is_tombstone, false) as is_bare,
        coalesce(
            deleted_at,
            case when user_deleted then updated_at when is_tombstone then observed_at end
        ) as gone_at
    from messages

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by is_bare asc, {{ newest_first() }}
        ) as content_rank,
        first_value(gone_at) over (
            partition by source, id
            order by {{ newest_first() }}
        ) as latest_gone_at
    from deletions

),

-- a post of the same topic is answered by its number
numbered as (

    select
        source,
        topic_id,
        post_number,
        max(id) as id
    from versions
    where content_rank = 1 and not is_bare
    group by source, topic_id, post_number

)

select
    versions.source,
    'discourse' as platform,
    cast(versions.id as varchar) as message_id,
    cast(versions.category_id as varchar) as channel_id,
    cast(versions.user_id as varchar) as author_id,
    versions.created_at,
    case when versions.version > 1 then versions.updated_at end as edited_at,
    versions.latest_gone_at as deleted_at,
    cast(versions.topic_id as varchar) as thread_id,
    -- an answer to a post that is not ours keeps its pointer, so that it is not taken for one without
    case
        when versions.reply_to_post_number <> versions.post_number
            then coalesce(cast(numbered.id as varchar), versions.topic_id || '#' || versions.reply_to_post_number)
    end as parent_id,
    cast(null as varchar) as repost_of,
    case
        when versions.post_type <> 1 or versions.user_id < 0 then 'system'
        when versions.post_number = 1 then 'post'
        else 'comment'
    end as kind,
    coalesce(versions.post_number = 1, false) as is_opener,
    case when versions.post_number = 1 then versions.topic_title end as title,
    versions.raw as text,
    rtrim(sources.base_url, '/') || '/t/' || versions.topic_id || '/' || versions.post_number as url,
    coalesce(versions.mentions, {{ no_list() }}) as mentions,
    cast(versions.text_length as bigint) as text_length,
    cast(versions.links_count as bigint) as links_count,
    coalesce(versions.has_question, false) as has_question,
    false as is_marked_question
from versions
left join numbered
    on
        versions.source = numbered.source
        and versions.topic_id = numbered.topic_id
        and versions.reply_to_post_number = numbered.post_number
left join sources
    on versions.source = sources.source
where versions.content_rank = 1 and not versions.is_bare
