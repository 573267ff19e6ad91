-- each stream's span cut where anything stated begins or ends: a declared gap is a gap, otherwise what was observed, by
-- whichever run, is no gap; the rest has the reason a run gave, or none
with observations as (

    select * from {{ ref('int_observations') }}

),

spans as (

    select * from {{ ref('int_coverage_spans') }}

),

clipped as (

    select
        observations.source,
        observations.stream,
        observations.kind,
        observations.reason,
        greatest(observations.observed_from, spans.span_from) as observed_from,
        least(observations.observed_to, spans.span_to) as observed_to
    from observations
    inner join spans
        on observations.source = spans.source and observations.stream = spans.stream
    where observations.observed_from < spans.span_to and observations.observed_to > spans.span_from

),

cuts as (

    select source, stream, observed_from as cut_at from clipped
    union
    select source, stream, observed_to as cut_at from clipped
    union
    select source, stream, span_from as cut_at from spans

),

pieces as (

    select
        source,
        stream,
        cut_at as observed_from,
        lead(cut_at) over (
            partition by source, stream
            order by cut_at
        ) as observed_to
    from cuts

),

judged as (

    select
        pieces.source,
        pieces.stream,
        pieces.observed_from,
        pieces.observed_to,
        coalesce(
            min(case when clipped.kind = 'declared' then clipped.reason end),
            min(case when clipped.kind = 'observed' then '' end),
            min(case when clipped.kind = 'missed' then clipped.reason end),
            'not observed'
        ) as reason
    from pieces
    left join clipped
        on
            pieces.source = clipped.source
            and pieces.stream = clipped.stream
            and pieces.observed_from >= clipped.observed_from
            and pieces.observed_to <= clipped.observed_to
    where pieces.observed_to is not null
    group by pieces.source, pieces.stream, pieces.observed_from, pieces.observed_to

),

changes as (

    select
        *,
        case
            when reason = lag(reason) over (
                    partition by source, stream
                    order by observed_from
                )
                then 0
            else 1
        end as is_change
    from judged

),

islands as (

    select
        *,
        sum(is_change) over (
            partition by source, stream
            order by observed_from
            rows between unbounded preceding and current row
        ) as island
    from changes

)

select
    source,
    stream,
    min(observed_from) as observed_from,
    max(observed_to) as observed_to,
    nullif(min(reason), '') as reason
from islands
group by source, stream, island
