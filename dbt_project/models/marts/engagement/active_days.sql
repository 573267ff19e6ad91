with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_members') }}

),

windows as (

    select * from {{ ref('int_scope_windows') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

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

numbers as (
    select {{ explode(whole_numbers(1, 28)) }} as n

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

counted as (

    select
        weeks.scope,
        weeks.member_key,
        sizes.window_days,
        {{ add_days('weeks.week_end', 'sizes.days_on') }} as week_end,
        sum(weeks.active_days) as n
    from weeks
    cross join sizes
    group by weeks.scope, weeks.member_key, sizes.window_days, {{ add_days('weeks.week_end', 'sizes.days_on') }}

),

tallied as (

    select
        counted.scope,
        populations.population,
        counted.week_end,
        counted.window_days,
        counted.n,
        count(*) as members
    from counted
    inner join members
        on counted.member_key = members.member_key
    inner join populations
        on populations.population = 'everyone' or members.role = 'member'
    group by counted.scope, populations.population, counted.week_end, counted.window_days, counted.n

)

select
    windows.scope,
    populations.population,
    windows.local_date as week_end,
    cast(sizes.window_days as integer) as window_days,
    cast(numbers.n as integer) as n,
    case when sizes.window_days = 7 and windows.is_wau_known or sizes.window_days = 28 and windows.is_mau_known
            then coalesce(tallied.members, 0)
    end as members,
    case when sizes.window_days = 7 then windows.is_wau_complete else windows.is_mau_complete end as is_complete,
    windows.is_provisional
from windows
cross join populations
inner join sizes
    on sizes.days_on = 0
inner join numbers
    on sizes.window_days >= numbers.n
left join tallied
    on
        windows.scope = tallied.scope
        and populations.population = tallied.population
        and windows.local_date = tallied.week_end
        and sizes.window_days = tallied.window_days
        and numbers.n = tallied.n
where {{ iso_weekday('windows.local_date') }} = 7
