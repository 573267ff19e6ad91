-- growth over windows of 28 days, for each day, from where runs of activity begin and end: each change enters on one day
-- and is undone on another, so that a day's number is a running sum; no window is ever counted member by member
with gaps as (

    select * from {{ ref('int_churn_gaps') }}

),

clock as (

    select * from {{ ref('int_churn_clock') }}

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

    -- in the first 28 days from the first act one is new, after that retained
    select scope, role, local_date as day, 1 as active, 1 as arrived, 0 as retained, 0 as resurrected, 0 as churned, 0 as gone_left, 0 as gone_banned
    from gaps where local_date = first_date
    union all
    select scope, role, {{ add_days('local_date', 28) }} as day, 0, -1, 1, 0, 0, 0, 0
    from gaps where local_date = first_date
    union all
    select scope, role, {{ add_days('local_date', 28) }} as day, -1, 0, -1, 0, 1, 0, 0
    from lasts
    union all
    -- churned for 28 days, or until the next act
    select scope, role, {{ add_days('local_date', 'least(56, coalesce(gap_days, 56))') }} as day, 0, 0, 0, 0, -1, 0, 0
    from lasts
    union all
    -- back within 28 days of dropping out: at first the window before still has them, so they count as retained
    select scope, role, next_date as day, 1, 0, 1, 0, 0, 0, 0
    from lasts where gap_days < 56
    union all
    select scope, role, {{ add_days('local_date', 56) }} as day, 0, 0, -1, 1, 0, 0, 0
    from lasts where gap_days < 56
    union all
    select scope, role, next_date as day, 1, 0, 0, 1, 0, 0, 0
    from lasts where gap_days >= 56
    union all
    select scope, role, {{ add_days('next_date', 28) }} as day, 0, 0, 1, -1, 0, 0, 0
    from lasts where next_date is not null
    {%- for kind in ['left', 'banned'] %}
    {%- set ones = {'left': '1, 0', 'banned': '0, 1'}[kind] %}
    {%- set minus = {'left': '-1, 0', 'banned': '0, -1'}[kind] %}
    {%- set begins = 'greatest(28, departed_after)' %}
    {%- set stops = 'least(56, coalesce(gap_days, 56), coalesce(undone_after, 56))' %}
    union all
    select scope, role, {{ add_days('local_date', begins) }} as day, 0, 0, 0, 0, 0, {{ ones }}
    from lasts where departure = '{{ kind }}' and {{ begins }} < {{ stops }}
    union all
    select scope, role, {{ add_days('local_date', stops) }} as day, 0, 0, 0, 0, 0, {{ minus }}
    from lasts where departure = '{{ kind }}' and {{ begins }} < {{ stops }}
    {%- endfor %}

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
        clock.local_date
        {%- for count in ['active', 'arrived', 'retained', 'resurrected', 'churned', 'gone_left', 'gone_banned'] %},
        coalesce(sum(changes.{{ count }}), 0) as {{ count }}
        {%- endfor %}
    from clock
    cross join roles
    left join changes
        on clock.scope = changes.scope and roles.role = changes.role and clock.local_date = changes.day
    group by clock.scope, roles.role, clock.local_date

)

select
    scope,
    role,
    local_date
    {%- for count in ['active', 'arrived', 'retained', 'resurrected', 'churned', 'gone_left', 'gone_banned'] %},
    cast(sum({{ count }}) over (partition by scope, role order by local_date rows between unbounded preceding and current row) as bigint) as {{ count }}
    {%- endfor %}
from days
