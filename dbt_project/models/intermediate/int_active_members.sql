-- distinct active people of each day and of the 7 and 28 days ending on it, exactly and without scanning windows:
-- an active day makes its member active from that day until the window has passed or the member's next active day
with counted as (

    select * from {{ ref('int_activity_spans') }}

),

spine as (

    select * from {{ ref('int_scope_days') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

changes as (

    select scope, role, local_date, members as dau, members as wau, members as mau
    from counted
    union all
    select scope, role, {{ add_days('local_date', 'least(days_to_next, 7)') }} as local_date, 0 as dau, -members as wau, 0 as mau
    from counted
    union all
    select scope, role, {{ add_days('local_date', 'days_to_next') }} as local_date, 0 as dau, 0 as wau, -members as mau
    from counted
    union all
    select scope, 'member' as role, local_date, 0 as dau, 0 as wau, 0 as mau
    from spine

),

daily as (

    select
        changes.scope,
        populations.population,
        changes.local_date,
        sum(changes.dau) as dau,
        sum(changes.wau) as wau_change,
        sum(changes.mau) as mau_change
    from changes
    inner join populations
        on populations.population = 'everyone' or changes.role = 'member'
    group by changes.scope, populations.population, changes.local_date

),

running as (

    select
        scope,
        population,
        local_date,
        dau,
        sum(wau_change) over (
            partition by scope, population
            order by local_date
        ) as wau,
        sum(mau_change) over (
            partition by scope, population
            order by local_date
        ) as mau
    from daily

)

select
    running.scope,
    running.population,
    running.local_date,
    cast(running.dau as bigint) as dau,
    cast(running.wau as bigint) as wau,
    cast(running.mau as bigint) as mau
from running
inner join spine
    on running.scope = spine.scope and running.local_date = spine.local_date
