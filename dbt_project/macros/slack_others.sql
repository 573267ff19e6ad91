{#- staging of channels, reactions, memberships and counts, the same for an export and the Web API -#}

{% macro slack_channels(platform) -%}
with channels as (

    select * from {{ source('raw_' ~ platform, 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    '{{ platform }}' as platform,
    id as channel_id,
    name,
    'channel' as kind,
    cast(null as varchar) as parent_id,
    coalesce(is_private, false) as is_private
from versions
where version_rank = 1
{%- endmacro %}

{#- the export names who reacted, never when -#}
{% macro slack_reactions(platform) -%}
with reactions as (

    select * from {{ source('raw_' ~ platform, 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, channel_id, ts, name, reactions.user
            order by {{ newest_first() }}
        ) as version_rank
    from reactions

)

select
    source,
    '{{ platform }}' as platform,
    channel_id || '/' || ts as message_id,
    versions.user as account_id,
    name as kind,
    cast(null as timestamp) as occurred_at,
    coalesce(is_removed, false) as is_removed,
    observed_at
from versions
where version_rank = 1
{%- endmacro %}

{% macro slack_memberships(platform) -%}
with memberships as (

    select * from {{ source('raw_' ~ platform, 'memberships') }}

),

-- an event without an instant is told apart by the interval in which it was found
versions as (

    select
        *,
        row_number() over (
            partition by source, account_id, scope, scope_id, event, occurred_at, case when occurred_at is null then occurred_after end
            order by {{ newest_first() }}
        ) as version_rank
    from memberships

)

select
    source,
    '{{ platform }}' as platform,
    account_id,
    scope,
    scope_id,
    event,
    occurred_at,
    occurred_after,
    coalesce(is_exact, occurred_at is not null) as is_exact
from versions
where version_rank = 1
{%- endmacro %}

{#- every version: the history of a number is the number -#}
{% macro slack_counts(platform) -%}
with counts as (

    select * from {{ source('raw_' ~ platform, 'counts') }}

)

select
    source,
    '{{ platform }}' as platform,
    scope,
    id,
    metric,
    value,
    observed_at,
    row_number() over (
        partition by source, scope, id, metric
        order by {{ newest_first() }}
    ) as version_rank
from counts
{%- endmacro %}
