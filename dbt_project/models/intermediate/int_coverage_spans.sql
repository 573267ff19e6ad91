-- the span of each stream that can be spoken of: time before its source began, or before the configured start, is no gap
with observations as (

    select * from {{ ref('int_observations') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

bounds as (

    select
        source,
        stream,
        min(case when kind = 'observed' and observed_from > timestamp '0001-01-01' then observed_from end) as seen_from,
        min(case when observed_from > timestamp '0001-01-01' then observed_from end) as stated_from,
        max(case when observed_to < timestamp '9999-01-01' then observed_to end) as stated_to
    from observations
    group by source, stream

)

select
    bounds.source,
    bounds.stream,
    coalesce(
        sources.started_at,
        least(bounds.seen_from, case when bounds.stream = 'messages' then sources.observed_from end),
        sources.observed_from,
        bounds.stated_from
    ) as span_from,
    greatest(bounds.stated_to, sources.as_of) as span_to
from bounds
inner join sources
    on bounds.source = sources.source
