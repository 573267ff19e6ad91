{{ config(schema='intermediate') }}
-- the days at which rankings are put to the test: firsts of a month that have a month of history before them and the
-- whole horizon observed after them
{%- set horizon = var('reach_horizon_days', 30) %}
with days as (

    select * from {{ ref('int_scope_days') }}

),

acts as (

    select * from {{ ref('int_reach_acts') }}
    where occurred_at is not null

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

spans as (

    select
        scopes.scope,
        min(acts.acted_date) as first_date
    from scopes
    inner join acts
        on scopes.source = acts.source
    group by scopes.scope

),

lasts as (

    select
        scope,
        max(local_date) as last_date
    from days
    group by scope

),

firsts as (

    select
        days.scope,
        days.local_date as origin
    from days
    inner join spans
        on days.scope = spans.scope
    inner join lasts
        on days.scope = lasts.scope
    where
        extract(day from days.local_date) = 1
        and days.local_date >= {{ add_days('spans.first_date', 28) }}
        -- the as-of's own day is not over
        and {{ add_days('days.local_date', horizon) }} <= lasts.last_date

),

heard as (

    select
        firsts.scope,
        firsts.origin,
        sum(days.uncovered_seconds) as uncovered_seconds
    from firsts
    inner join days
        on
            firsts.scope = days.scope
            and days.local_date >= firsts.origin
            and days.local_date < {{ add_days('firsts.origin', horizon) }}
    group by firsts.scope, firsts.origin

),

ranked as (

    select
        scope,
        origin,
        row_number() over (
            partition by scope
            order by origin desc
        ) as recency
    from heard
    where uncovered_seconds <= {{ var('max_uncovered_share', 0.1) }} * {{ horizon }} * 86400

)

select
    scope,
    origin
from ranked
where recency <= {{ var('reach_origins', 6) }}
