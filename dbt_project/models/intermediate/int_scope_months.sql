-- what may be said of each local month of a scope: time before the scope began is no gap, time after its as-of is one
with windows as (

    select * from {{ ref('int_scope_windows') }}

),

months as (

    select
        scope,
        cast(date_trunc('month', local_date) as date) as month,
        sum(uncovered_seconds) as uncovered_seconds,
        max(local_date) as last_date,
        max(case when is_provisional then 1 else 0 end) = 1 as is_provisional
    from windows
    group by scope, cast(date_trunc('month', local_date) as date)

),

measured as (

    select
        scope,
        month,
        last_date,
        is_provisional,
        {{ days_between('month', month_end('month')) }} + 1 as days,
        uncovered_seconds + {{ days_between('last_date', month_end('month')) }} * 86400 as uncovered_seconds
    from months

)

-- less than a second is the rounding of clocks
select
    scope,
    month,
    last_date,
    uncovered_seconds <= {{ var('max_uncovered_share') }} * days * 86400 as is_known,
    uncovered_seconds < 1 as is_complete,
    is_provisional
from measured
