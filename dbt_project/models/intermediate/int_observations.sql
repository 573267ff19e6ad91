-- statements about coverage, those that touch merged
with statements as (

    select * from {{ ref('int_statements') }}

),

reaching as (

    select
        *,
        max(observed_to) over (
            partition by source, stream, kind, reason
            order by observed_from, observed_to
            rows between unbounded preceding and 1 preceding
        ) as reached
    from statements
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
