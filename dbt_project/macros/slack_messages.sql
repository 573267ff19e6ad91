{#- staging of messages, the same for an export and the Web API -#}

{% macro slack_messages(platform) -%}
with messages as (

    select * from {{ source('raw_' ~ platform, 'messages') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

-- a tombstone carries nothing but the deletion: what was written stays as it was last seen
deletions as (

    select
        *,
        coalesce(is_tombstone, false) as is_bare,
        coalesce(deleted_at, case when is_tombstone then observed_at end) as gone_at
    from messages

),

versions as (

    select
        *,
        coalesce(nullif(thread_ts, ''), ts) as opener_ts,
        row_number() over (
            partition by source, channel_id, ts
            order by is_bare asc, {{ newest_first() }}
        ) as content_rank,
        first_value(gone_at) over (
            partition by source, channel_id, ts
            order by {{ newest_first() }}
        ) as latest_gone_at
    from deletions

)

-- only these subtypes are written by someone: all others tell what happened to a channel, a file or a bot
select
    versions.source,
    '{{ platform }}' as platform,
    versions.channel_id || '/' || versions.ts as message_id,
    versions.channel_id,
    versions.user as author_id,
    versions.created_at,
    versions.edited_at,
    versions.latest_gone_at as deleted_at,
    versions.channel_id || '/' || versions.opener_ts as thread_id,
    cast(null as varchar) as parent_id,
    cast(null as varchar) as repost_of,
    case
        when
            versions.user = 'USLACKBOT'
            or coalesce(versions.subtype, '') not in (
                '', 'bot_message', 'file_comment', 'file_mention', 'file_share', 'me_message', 'thread_broadcast'
            )
            then 'system'
        when versions.opener_ts = versions.ts then 'post'
        else 'comment'
    end as kind,
    versions.opener_ts = versions.ts as is_opener,
    cast(null as varchar) as title,
    versions.text,
    rtrim(sources.base_url, '/') || '/archives/' || versions.channel_id || '/p' || replace(versions.ts, '.', '') as url,
    coalesce(versions.mentions, {{ no_list() }}) as mentions,
    cast(versions.text_length as bigint) as text_length,
    cast(versions.links_count as bigint) as links_count,
    coalesce(versions.has_question, false) as has_question,
    false as is_marked_question
from versions
left join sources
    on versions.source = sources.source
where versions.content_rank = 1 and not versions.is_bare
{%- endmacro %}
