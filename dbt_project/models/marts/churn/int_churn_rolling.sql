{#- growth over windows of 28 days, for each day, from where runs of activity begin and end: each change enters on one day and is
    undone on another, so that a day's number is a running sum; no window is ever counted member by member -#}
{%- set counts = ['active', 'arrived', 'retained', 'resurrected', 'churned', 'gone_left', 'gone_banned'] -%}
with gaps as (

    select * from {{ ref('int_churn_gaps') }}

),

clock as (

    select * from {{ ref('int_churn_clock') }}

),

firsts as (

    select * from gaps
    where local_date = first_date

),

-- the last act of a run: 28 days later the window is empty of it
lasts as (

    select
        *,
        {{ days_between('local_date', 'next_date') }} as gap_days,
        {{ days_between('local_date', 'departed_on') }} as departed_after,
        {{ days_between('local_date', 'undone_on') }} as undone_after
    from gaps
    where next_date is null or {{ days_between('local_date', 'next_date') }} > 28

),

changes as (

    {{ churn_rolling_changes(counts) }}

),

roles as (

    select 'member' as role
    union all
    select 'staff' as role

),

days as (

    select
        clock.scope,
        roles.role,
        clock.local_date,
        {{ churn_each(counts, 'coalesce(sum(changes.%s), 0)') }}
    from clock
    cross join roles
    left join changes
        on clock.scope = changes.scope and roles.role = changes.role and clock.local_date = changes.local_date
    group by clock.scope, roles.role, clock.local_date

)

select
    scope,
    role,
    local_date,
    {{ churn_each(
        counts,
        'cast(sum(%s) over (partition by scope, role order by local_date rows between unbounded preceding and current row) as bigint)'
    ) }}
from days
