-- active days of a member in the 28 days to the end of a week and in the 28 before, and the same on the day of their last act
with gaps as (

    select * from {{ ref('int_churn_gaps') }}

),

weeks as (

    select * from {{ ref('int_churn_state_weeks') }}

),

spans as (

    select
        scope,
        min(week_no) as first_no,
        min(week_end) as first_end
    from weeks
    group by scope

),

recent as (

    select
        gaps.member_no,
        gaps.scope,
        {{ churn_week_no('gaps.local_date') }} as week_no,
        count(*) as days
    from gaps
    inner join spans
        on gaps.scope = spans.scope
    where {{ churn_week_no('gaps.local_date') }} > spans.first_no - 8
    group by gaps.member_no, gaps.scope, {{ churn_week_no('gaps.local_date') }}

),

-- four ISO weeks are the 28 days that end on a Sunday
counted as (

    select
        recent.member_no,
        weeks.week_no,
        sum(case when weeks.week_no - recent.week_no < 4 then recent.days else 0 end) as days_now,
        sum(case when weeks.week_no - recent.week_no >= 4 then recent.days else 0 end) as days_before
    from recent
    inner join weeks
        on recent.scope = weeks.scope and recent.week_no <= weeks.week_no and recent.week_no > weeks.week_no - 8
    group by recent.member_no, weeks.week_no

),

-- last acts before a silence of four weeks or more that reaches into the weeks kept
lasts as (

    select
        gaps.scope,
        gaps.member_no,
        gaps.local_date,
        gaps.next_date,
        gaps.active_days_28
    from gaps
    inner join spans
        on gaps.scope = spans.scope
    where
        gaps.next_date is null
        or (gaps.next_date > spans.first_end and {{ days_between('gaps.local_date', 'gaps.next_date') }} > 28)

),

stood as (

    select
        lasts.scope,
        lasts.member_no,
        lasts.local_date,
        lasts.next_date,
        lasts.active_days_28,
        count(case when {{ days_between('earlier.local_date', 'lasts.local_date') }} between 28 and 55 then 1 end) as days_before
    from lasts
    -- the member's every day: a range in the join itself would be compared row by row
    inner join gaps as earlier
        on lasts.member_no = earlier.member_no
    group by lasts.scope, lasts.member_no, lasts.local_date, lasts.next_date, lasts.active_days_28

),

silent as (

    select
        stood.*,
        weeks.week_no
    from stood
    inner join weeks
        on
            stood.scope = weeks.scope
            and {{ days_between('stood.local_date', 'weeks.week_end') }} >= 28
            and (stood.next_date > weeks.week_end or stood.next_date is null)

)

select
    coalesce(counted.member_no, silent.member_no) as member_no,
    coalesce(counted.week_no, silent.week_no) as week_no,
    cast(coalesce(counted.days_now, 0) as bigint) as days_now,
    cast(coalesce(counted.days_before, 0) as bigint) as days_before,
    silent.local_date as last_date,
    silent.active_days_28 as last_days_now,
    silent.days_before as last_days_before
from counted
full outer join silent
    on counted.member_no = silent.member_no and counted.week_no = silent.week_no
