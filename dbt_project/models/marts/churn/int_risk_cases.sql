-- members at risk at each origin by what was known strictly before it, and how many of them did not act in the 28 days from it
with gaps as (

    select * from {{ ref('int_churn_gaps') }}
    where role = 'member'

),

origins as (

    select * from {{ ref('int_risk_origins') }}
    where not is_scoring

),

-- of two origins at most is a day the last one before, within 28 days
steps as (

    select 1 as step
    union all
    select 2 as step

),

reached as (

    select
        gaps.*,
        cast((floor(gaps.day_no / 14.0) + steps.step) * 14 as bigint) as origin_no
    from gaps
    cross join steps

)

select
    origins.scope,
    origins.origin,
    cast(origins.day_no - reached.day_no as bigint) as days_silent,
    reached.active_days_28 as active_days,
    count(*) as cases,
    count(case when reached.next_date is null or {{ days_between('origins.origin', 'reached.next_date') }} >= 28 then 1 end) as churned
from reached
inner join origins
    on reached.scope = origins.scope and reached.origin_no = origins.day_no
where
    (reached.next_date >= origins.origin or reached.next_date is null)
    -- who has left is not at risk of it
    and (reached.departed_on >= origins.origin or reached.departed_on is null or reached.undone_on < origins.origin)
group by origins.scope, origins.origin, cast(origins.day_no - reached.day_no as bigint), reached.active_days_28
