-- members by the number of their active days in each window of 7 and 28 days that ends with a week and holds any
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_members') }}

),

-- a window of 28 days that ends with a week is four weeks
sizes as (

    select 7 as window_days, 0 as days_on
    union all
    select 28 as window_days, 0 as days_on
    union all
    select 28 as window_days, 7 as days_on
    union all
    select 28 as window_days, 14 as days_on
    union all
    select 28 as window_days, 21 as days_on

),

weeks as (

    select
        scope,
        member_key,
        {{ add_days('local_date', '7 - ' ~ iso_weekday('local_date')) }} as week_end,
        count(*) as active_days
    from member_days
    group by scope, member_key, {{ add_days('local_date', '7 - ' ~ iso_weekday('local_date')) }}

),

-- of each active week the three before it and the next one, that a window need not be looked for among all days
followed as (

    select
        weeks.scope,
        members.role,
        weeks.week_end,
        weeks.active_days,
        lead(weeks.week_end) over (mine) as next_week_end,
        lag(weeks.week_end, 1) over (mine) as week_end_1,
        lag(weeks.active_days, 1) over (mine) as active_days_1,
        lag(weeks.week_end, 2) over (mine) as week_end_2,
        lag(weeks.active_days, 2) over (mine) as active_days_2,
        lag(weeks.week_end, 3) over (mine) as week_end_3,
        lag(weeks.active_days, 3) over (mine) as active_days_3
    from weeks
    inner join members
        on weeks.member_key = members.member_key
    window mine as (
        partition by weeks.scope, weeks.member_key
        order by weeks.week_end
    )

),

-- a window belongs to the last active week in it
reached as (

    select
        followed.scope,
        followed.role,
        sizes.window_days,
        {{ add_days('followed.week_end', 'sizes.days_on') }} as week_end,
        followed.active_days
        {%- for back in (1, 2, 3) %}
            + case
                when {{ days_between('followed.week_end_' ~ back, 'followed.week_end') }} + sizes.days_on < sizes.window_days
                    then followed.active_days_{{ back }}
                else 0
            end
        {%- endfor %} as n
    from followed
    inner join sizes
        on {{ add_days('followed.week_end', 'sizes.days_on') }} < followed.next_week_end or followed.next_week_end is null

)

select
    scope,
    role,
    window_days,
    week_end,
    n,
    count(*) as members
from reached
group by scope, role, window_days, week_end, n
