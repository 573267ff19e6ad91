-- the local weeks and months of a scope that have begun and the windows of 28 days, and how much of each was not heard
with clock as (

    select * from {{ ref('int_churn_clock') }}

),

windows as (

    select * from {{ ref('int_churn_windows') }}

),

days as (

    select
        scope,
        'week' as period_kind,
        {{ churn_week_no('local_date') }} as period_no,
        date_trunc('week', local_date) as period_start,
        {{ add_days("cast(date_trunc('week', local_date) as date)", 6) }} as period_end,
        uncovered_seconds
    from clock
    union all
    select
        scope,
        'month' as period_kind,
        {{ churn_month_no('local_date') }} as period_no,
        date_trunc('month', local_date) as period_start,
        last_day(local_date) as period_end,
        uncovered_seconds
    from clock

),

periods as (

    select
        scope,
        period_kind,
        period_no,
        cast(min(period_start) as date) as period_start,
        max(period_end) as period_end,
        sum(uncovered_seconds) as uncovered_seconds
    from days
    group by scope, period_kind, period_no
    union all
    select
        scope,
        'rolling28' as period_kind,
        day_no as period_no,
        {{ add_days('local_date', -27) }} as period_start,
        local_date as period_end,
        sum(uncovered_seconds) over (
            partition by scope
            order by local_date
            rows between 27 preceding and current row
        ) as uncovered_seconds
    from clock

)

select
    periods.scope,
    periods.period_kind,
    periods.period_no,
    periods.period_start,
    periods.period_end,
    periods.period_end < windows.as_of_date as is_over,
    periods.period_end < windows.as_of_date
    and periods.uncovered_seconds
    <= {{ var('max_uncovered_share') }} * 86400 * ({{ days_between('periods.period_start', 'periods.period_end') }} + 1) as is_known,
    periods.period_end < windows.as_of_date and periods.uncovered_seconds < 1 as is_complete,
    -- who seems gone may only be silent, and late data arrive
    coalesce(periods.period_end > windows.cut_date, true) as is_provisional
from periods
inner join windows
    on periods.scope = windows.scope
