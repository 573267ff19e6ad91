-- days from which the next 28 are foretold, every second Monday: who acted in the 28 days before is at risk. The fixed calendar
-- keeps past origins where they are; the as-of itself is the one whose future is not known
with clock as (

    select * from {{ ref('int_churn_clock') }}

),

windows as (

    select * from {{ ref('int_churn_windows') }}

),

summed as (

    select
        scope,
        local_date,
        day_no,
        sum(uncovered_seconds) over (
            partition by scope
            order by local_date
            rows between 28 preceding and 1 preceding
        ) as uncovered_before,
        sum(uncovered_seconds) over (
            partition by scope
            order by local_date
            rows between current row and 27 following
        ) as uncovered_after
    from clock

),

origins as (

    select
        summed.scope,
        summed.local_date as origin,
        summed.day_no,
        summed.local_date = windows.as_of_date as is_scoring,
        {{ add_days('summed.local_date', 28) }} <= windows.as_of_date as is_labelled,
        summed.uncovered_before <= {{ var('max_uncovered_share') }} * 28 * 86400
        and (
            summed.local_date = windows.as_of_date
            or summed.uncovered_after <= {{ var('max_uncovered_share') }} * 28 * 86400
        ) as is_heard
    from summed
    inner join windows
        on summed.scope = windows.scope
    where
        summed.local_date >= {{ add_days('windows.first_date', 28) }}
        and (mod(summed.day_no, 14) = 0 or summed.local_date = windows.as_of_date)

),

ranked as (

    select
        *,
        row_number() over (
            partition by scope
            order by origin desc
        ) as recency
    from origins
    where is_heard and (is_scoring or (is_labelled and mod(day_no, 14) = 0))

)

select
    scope,
    origin,
    day_no,
    is_scoring,
    cast(recency as bigint) as recency
from ranked
where recency <= 39
