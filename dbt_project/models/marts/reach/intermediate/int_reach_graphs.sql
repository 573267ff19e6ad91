{{ config(schema='intermediate') }}
-- every graph of who acts toward whom: one a scope, population and window up to the as-of; and, to test rankings, one a
-- scope and origin that ends the day before it
{%- set backtest_days = var('reach_backtest_days', 90) | int %}
with scopes as (

    select * from {{ ref('int_reach_scopes') }}
    where scope = graph_scope

),

days as (

    select * from {{ ref('int_scope_days') }}

),

origins as (

    select * from {{ ref('int_reach_origins') }}

),

lasts as (

    select
        days.scope,
        min(days.local_date) as first_date,
        max(days.local_date) as last_date
    from days
    inner join scopes
        on days.scope = scopes.scope
    group by days.scope

),

populations as (

    {{ reach_rows('population', ['everyone', 'members']) }}

),

windows as (

    {{ reach_rows('window_name', ['28d', '90d', 'all']) }}

),

planned as (

    select
        lasts.scope,
        populations.population,
        windows.window_name,
        cast(null as date) as origin,
        case
            when windows.window_name = '28d' then {{ add_days('lasts.last_date', -27) }}
            when windows.window_name = '90d' then {{ add_days('lasts.last_date', -89) }}
            else cast('0001-01-01' as date)
        end as first_date,
        lasts.last_date
    from lasts
    cross join populations
    cross join windows
    union all
    select
        origins.scope,
        'members' as population,
        '{{ backtest_days }}d' as window_name,
        origins.origin,
        {{ add_days('origins.origin', -backtest_days) }} as first_date,
        {{ add_days('origins.origin', -1) }} as last_date
    from origins
    inner join scopes
        on origins.scope = scopes.scope

),

-- time before the scope's first day is no gap; the as-of's own day is not over and owes nothing
heard as (

    select
        planned.scope,
        planned.population,
        planned.window_name,
        planned.origin,
        planned.first_date,
        planned.last_date,
        coalesce(sum(days.uncovered_seconds), 0) as uncovered_seconds,
        {{ days_between('greatest(planned.first_date, lasts.first_date)', 'planned.last_date') }} + 1 as days_count
    from planned
    inner join lasts
        on planned.scope = lasts.scope
    left join days
        on
            planned.scope = days.scope
            and days.local_date between planned.first_date and planned.last_date
            and lasts.last_date > days.local_date
    group by planned.scope, planned.population, planned.window_name, planned.origin, planned.first_date, planned.last_date, lasts.first_date

)

select
    cast(row_number() over (
        order by heard.scope, heard.population, heard.window_name, coalesce(heard.origin, heard.last_date)
    ) as integer) as graph_id,
    heard.scope,
    heard.population,
    heard.window_name,
    heard.origin,
    heard.first_date,
    heard.last_date,
    scopes.as_of,
    heard.uncovered_seconds < 1 as is_complete,
    heard.uncovered_seconds <= {{ var('max_uncovered_share', 0.1) }} * 86400 * heard.days_count as is_known
from heard
inner join scopes
    on heard.scope = scopes.scope
