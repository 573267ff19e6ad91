-- who came, stayed and went from one calendar period to the next, by cohort (the period of the first act)
with gaps as (

    select * from {{ ref('int_churn_gaps') }}

),

periods as (

    select * from {{ ref('int_churn_periods') }}

),

{% for kind in ['week', 'month'] %}
    {{ kind }}s as (

        select
            scope,
            role,
            {{ churn_period_no(kind, 'first_date') }} as cohort_no,
            {{ churn_period_no(kind, 'local_date') }} as period_no,
            {{ churn_period_no(kind, 'next_date') }} as next_no,
            departure,
            departed_on,
            undone_on
        from gaps
        -- the last active day of the period
        where next_date is null or {{ churn_period_no(kind, 'next_date') }} > {{ churn_period_no(kind, 'local_date') }}

    ),

{% endfor -%}
stays as (

    select *, 'week' as period_kind from weeks
    union all
    select *, 'month' as period_kind from months

),

-- gone by the end of the period after, and by whose doing
judged as (

    select
        stays.scope,
        stays.role,
        stays.period_kind,
        stays.cohort_no,
        stays.period_no,
        stays.next_no,
        case
            when following.period_end >= stays.departed_on and coalesce(following.period_end < stays.undone_on, true) then stays.departure
        end as departure
    from stays
    left join periods as following
        on
            stays.scope = following.scope
            and stays.period_kind = following.period_kind
            and stays.period_no + 1 = following.period_no

),

moves as (

    select
        scope,
        role,
        period_kind,
        cohort_no,
        period_no,
        count(*) as active,
        count(case when cohort_no = period_no then 1 end) as arrived,
        0 as resurrected,
        count(case when next_no = period_no + 1 then 1 end) as stayed,
        count(case when next_no is null then 1 end) as ended,
        count(case when next_no > period_no + 1 or next_no is null then 1 end) as gone,
        count(case when (next_no > period_no + 1 or next_no is null) and departure = 'left' then 1 end) as gone_left,
        count(case when (next_no > period_no + 1 or next_no is null) and departure = 'banned' then 1 end) as gone_banned
    from judged
    group by scope, role, period_kind, cohort_no, period_no
    union all
    select
        scope,
        role,
        period_kind,
        cohort_no,
        next_no as period_no,
        0 as active,
        0 as arrived,
        count(*) as resurrected,
        0 as stayed,
        0 as ended,
        0 as gone,
        0 as gone_left,
        0 as gone_banned
    from judged
    where next_no > period_no + 1
    group by scope, role, period_kind, cohort_no, next_no

)

select
    scope,
    role,
    period_kind,
    cohort_no,
    period_no,
    {{ churn_each(
        ['active', 'arrived', 'resurrected', 'stayed', 'ended', 'gone', 'gone_left', 'gone_banned'], 'cast(sum(%s) as bigint)'
    ) }}
from moves
group by scope, role, period_kind, cohort_no, period_no
