-- what the runs and the user state about coverage, overlaps merged; kind: observed, missed (by a run), declared (by the user)
with coverage as (

    select * from {{ source('raw', 'coverage') }}

),

gaps as (

    select * from {{ source('raw', 'gaps') }}

),

streams as (

    select distinct
        source,
        stream
    from coverage

),

stated as (

    select
        source,
        stream,
        case when reason is null then 'observed' else 'missed' end as kind,
        case when reason is not null then coalesce(nullif(reason, ''), 'not stated') else '' end as reason,
        coalesce(observed_from, timestamp '0001-01-01') as observed_from,
        -- an observation without an end is good until it was recorded
        coalesce(observed_to, case when reason is null then recorded_at end, timestamp '9999-01-01') as observed_to
    from coverage
    union all
    select
        streams.source,
        streams.stream,
        'declared' as kind,
        coalesce(nullif(gaps.reason, ''), 'declared by the user') as reason,
        coalesce(gaps.observed_from, timestamp '0001-01-01') as observed_from,
        coalesce(gaps.observed_to, timestamp '9999-01-01') as observed_to
    from gaps
    inner join streams
        on gaps.source = streams.source and (gaps.stream is null or gaps.stream = streams.stream)

),

reaching as (

    select
        *,
        max(observed_to) over (
            partition by source, stream, kind, reason
            order by observed_from, observed_to
            rows between unbounded preceding and 1 preceding
        ) as reached
    from stated
    where observed_to > observed_from

),

islands as (

    select
        *,
        sum(case when observed_from <= reached then 0 else 1 end) over (
            partition by source, stream, kind, reason
            order by observed_from, observed_to
            rows between unbounded preceding and current row
        ) as island
    from reaching

)

select
    source,
    stream,
    kind,
    reason,
    min(observed_from) as observed_from,
    max(observed_to) as observed_to
from islands
group by source, stream, kind, reason, island
