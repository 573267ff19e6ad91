with counted as (

    select * from {{ ref('int_active_weeks') }}

),

windows as (

    select * from {{ ref('int_scope_windows') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

sizes as (

    select 7 as window_days
    union all
    select 28 as window_days

),

numbers as (
    select {{ explode(whole_numbers(1, 28)) }} as n

),

tallied as (

    select
        counted.scope,
        populations.population,
        counted.week_end,
        counted.window_days,
        counted.n,
        sum(counted.members) as members
    from counted
    inner join populations
        on populations.population = 'everyone' or counted.role = 'member'
    group by counted.scope, populations.population, counted.week_end, counted.window_days, counted.n

)

select
    windows.scope,
    populations.population,
    windows.local_date as week_end,
    cast(sizes.window_days as integer) as window_days,
    cast(numbers.n as integer) as n,
    case when sizes.window_days = 7 and windows.is_wau_known or sizes.window_days = 28 and windows.is_mau_known
            then cast(coalesce(tallied.members, 0) as bigint)
    end as members,
    case when sizes.window_days = 7 then windows.is_wau_complete else windows.is_mau_complete end as is_complete,
    windows.is_provisional
from windows
cross join populations
cross join sizes
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
