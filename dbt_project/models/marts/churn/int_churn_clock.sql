-- each local day of a scope counted in observed days: the clock of silence stands still where nobody listened
with days as (

    select * from {{ ref('int_scope_days') }}

),

marked as (

    select
        scope,
        local_date,
        uncovered_seconds,
        max(local_date) over (partition by scope) as as_of_date
    from days

)

select
    scope,
    local_date,
    as_of_date,
    -- the day of the as-of is heard up to the as-of; what lies after it is no gap
    case when local_date = as_of_date then 0 else uncovered_seconds end as uncovered_seconds,
    {{ churn_day_no('local_date') }} as day_no,
    cast(sum(case when local_date = as_of_date or uncovered_seconds < 1 then 1 else 0 end) over (
        partition by scope
        order by local_date
        rows between unbounded preceding and current row
    ) as bigint) as observed_no
from marked
