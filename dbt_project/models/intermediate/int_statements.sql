-- what the runs and the user state about coverage; kind: observed, missed (by a run), declared (by the user)
with sources as (

    select * from {{ source('raw', 'sources') }}

),

coverage as (

    select stated.*
    from {{ source('raw', 'coverage') }} as stated
    inner join sources
        on stated.source = sources.source

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

bounded as (

    select
        source,
        stream,
        coalesce(run_id, '') as run_id,
        reason is not null as is_missed,
        case when reason is not null then coalesce(nullif(reason, ''), 'not stated') else '' end as reason,
        coalesce(observed_from, timestamp '0001-01-01') as observed_from,
        -- an observation without an end is good until it was recorded
        coalesce(observed_to, case when reason is null then recorded_at end, timestamp '9999-01-01') as observed_to
    from coverage

),

-- what a run says it missed is no part of what it observed; another run may have observed it
cuts as (

    select source, stream, run_id, observed_from as cut_at from bounded
    union
    select source, stream, run_id, observed_to as cut_at from bounded

),

pieces as (

    select
        source,
        stream,
        run_id,
        cut_at as observed_from,
        lead(cut_at) over (
            partition by source, stream, run_id
            order by cut_at
        ) as observed_to
    from cuts

),

observed as (

    select
        pieces.source,
        pieces.stream,
        pieces.observed_from,
        pieces.observed_to
    from pieces
    inner join bounded
        on
            pieces.source = bounded.source
            and pieces.stream = bounded.stream
            and pieces.run_id = bounded.run_id
            and pieces.observed_from >= bounded.observed_from
            and pieces.observed_to <= bounded.observed_to
    group by pieces.source, pieces.stream, pieces.run_id, pieces.observed_from, pieces.observed_to
    having max(case when bounded.is_missed then 1 else 0 end) = 0

)

select source, stream, 'observed' as kind, '' as reason, observed_from, observed_to
from observed
union
select source, stream, 'missed' as kind, reason, observed_from, observed_to
from bounded
where is_missed
union
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
