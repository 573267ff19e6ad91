-- the silence in use in each scope: its own, else 28 days; and the last day of which it can be said who fell silent
with clock as (

    select * from {{ ref('int_churn_clock') }}

),

thresholds as (

    select * from {{ ref('silence_threshold') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by scope
            order by computed_on desc
        ) as recency
    from thresholds

),

ends as (

    select
        clock.scope,
        clock.as_of_date,
        min(clock.local_date) as first_date,
        max(clock.observed_no) as last_observed_no,
        coalesce(max(ranked.silence_days), 28) as silence_days,
        coalesce(max(ranked.window_days), 0) = 0 as is_default
    from clock
    left join ranked
        on clock.scope = ranked.scope and ranked.recency = 1
    group by clock.scope, clock.as_of_date

)

select
    ends.scope,
    ends.first_date,
    ends.as_of_date,
    ends.last_observed_no,
    ends.silence_days,
    ends.is_default,
    max(clock.local_date) as cut_date
from ends
left join clock
    on ends.scope = clock.scope and clock.observed_no <= ends.last_observed_no - ends.silence_days
group by ends.scope, ends.first_date, ends.as_of_date, ends.last_observed_no, ends.silence_days, ends.is_default
