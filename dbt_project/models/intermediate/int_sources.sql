-- each source with the span in which it can be spoken of
with sources as (

    select * from {{ source('raw', 'sources') }}

),

observations as (

    select * from {{ ref('int_observations') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

reactions as (

    select * from {{ ref('int_reactions') }}

),

observed as (

    select
        source,
        min(case when observed_from > timestamp '0001-01-01' then observed_from end) as observed_from,
        max(observed_to) as observed_to
    from observations
    where stream = 'messages' and kind = 'observed'
    group by source

),

written as (

    select
        source,
        min(created_at) as first_at,
        max(created_at) as last_at
    from messages
    group by source

),

dated as (

    select distinct source
    from reactions
    where occurred_at is not null

)

select
    sources.source,
    sources.platform,
    sources.role,
    sources.is_live,
    sources.started_at,
    -- time before the configured start, or before there was anything, is no gap
    coalesce(sources.started_at, least(observed.observed_from, written.first_at)) as observed_from,
    case
        when sources.is_live then observed.observed_to
        else coalesce(written.last_at, observed.observed_to)
    end as as_of,
    dated.source is not null as has_dated_reactions
from sources
left join observed
    on sources.source = observed.source
left join written
    on sources.source = written.source
left join dated
    on sources.source = dated.source
