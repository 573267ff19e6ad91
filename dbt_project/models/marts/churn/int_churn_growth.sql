{%- set counts = ['active', 'arrived', 'retained_next', 'retained', 'resurrected', 'gone_next', 'gone', 'gone_left', 'gone_banned'] -%}
-- growth flows of every period of a scope, weeks, months and windows of 28 days alike, with what is known of the period
with periods as (

    select * from {{ ref('int_churn_periods') }}

),

moves as (

    select * from {{ ref('int_churn_moves') }}

),

rolling as (

    select * from {{ ref('int_churn_rolling') }}

),

flows as (

    select
        scope,
        role,
        period_kind,
        period_no,
        active,
        arrived,
        stayed as retained_next,
        0 as retained,
        resurrected,
        gone as gone_next,
        0 as gone,
        gone_left,
        gone_banned
    from moves
    union all
    select
        scope,
        role,
        'rolling28' as period_kind,
        {{ churn_day_no('local_date') }} as period_no,
        active,
        arrived,
        0 as retained_next,
        retained,
        resurrected,
        0 as gone_next,
        churned as gone,
        gone_left,
        gone_banned
    from rolling

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

counted as (

    select
        flows.scope,
        populations.population,
        flows.period_kind,
        flows.period_no,
        {{ churn_each(counts, 'sum(flows.%s)') }}
    from flows
    inner join populations
        on populations.population = 'everyone' or flows.role = 'member'
    group by flows.scope, populations.population, flows.period_kind, flows.period_no

)

select
    periods.scope,
    populations.population,
    periods.period_kind,
    periods.period_no,
    periods.period_start,
    periods.period_end,
    periods.is_known,
    periods.is_complete,
    periods.is_provisional,
    {{ churn_each(counts, 'cast(coalesce(counted.%s, 0) as bigint)') }}
from periods
cross join populations
left join counted
    on
        periods.scope = counted.scope
        and populations.population = counted.population
        and periods.period_kind = counted.period_kind
        and periods.period_no = counted.period_no
where periods.is_over
