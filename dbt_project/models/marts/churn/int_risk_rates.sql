{#- a cell is drawn toward what its recency and its frequency say together, each taken for itself -#}
{%- set prior = '(1 / (1 + exp(' ~ churn_logit('base') ~ ' - ' ~ churn_logit('p_recency') ~ ' - ' ~ churn_logit('p_frequency') ~ ')))' %}
{%- set same_recency = 'learnt.recency_band = frame.recency_band' %}
{%- set same_frequency = 'learnt.frequency_band = frame.frequency_band' %}
-- what each origin could have learnt: the hazard table over origins whose 28 days were over by then, a year of them at most
with cases as (

    select * from {{ ref('int_risk_cases') }}

),

origins as (

    select * from {{ ref('int_risk_origins') }}

),

banded as (

    select
        scope,
        origin,
        {{ churn_recency_band('days_silent') }} as recency_band,
        {{ churn_frequency_band('active_days') }} as frequency_band,
        sum(cases) as cases,
        sum(churned) as churned
    from cases
    group by scope, origin, {{ churn_recency_band('days_silent') }}, {{ churn_frequency_band('active_days') }}

),

-- the gap: a label used in training is over before the origin begins
learnt as (

    select
        origins.scope,
        origins.origin,
        banded.origin as trained_on,
        banded.recency_band,
        banded.frequency_band,
        banded.cases,
        banded.churned
    from origins
    inner join banded
        on
            origins.scope = banded.scope
            and origins.origin >= {{ add_days('banded.origin', 28) }}
            and {{ add_days('origins.origin', -392) }} < banded.origin

),

totals as (

    select
        scope,
        origin,
        count(distinct trained_on) as train_origins,
        sum(cases) as train_cases,
        (sum(churned) + 1.0) / (sum(cases) + 2.0) as base
    from learnt
    group by scope, origin

),

frame as (

    select
        totals.*,
        recencies.recency_band,
        frequencies.frequency_band
    from totals
    cross join (select {{ churn_each_number(1, 5) }} as recency_band) as recencies
    cross join (select {{ churn_each_number(1, 4) }} as frequency_band) as frequencies

),

counted as (

    select
        frame.scope, frame.origin, frame.train_origins, frame.train_cases, frame.base, frame.recency_band, frame.frequency_band,
        {{ churn_each(
            ['cases', 'churned'], 'coalesce(sum(case when ' ~ same_recency ~ ' and ' ~ same_frequency ~ ' then learnt.%s end), 0)'
        ) }},
        coalesce(sum(case when {{ same_recency }} then learnt.cases end), 0) as recency_cases,
        coalesce(sum(case when {{ same_recency }} then learnt.churned end), 0) as recency_churned,
        coalesce(sum(case when {{ same_frequency }} then learnt.cases end), 0) as frequency_cases,
        coalesce(sum(case when {{ same_frequency }} then learnt.churned end), 0) as frequency_churned
    from frame
    inner join learnt
        on frame.scope = learnt.scope and frame.origin = learnt.origin
    group by
        frame.scope, frame.origin, frame.train_origins, frame.train_cases, frame.base, frame.recency_band, frame.frequency_band

),

margins as (

    select
        *,
        {{ churn_shrunk('recency_churned', 'recency_cases', 'base') }} as p_recency,
        {{ churn_shrunk('frequency_churned', 'frequency_cases', 'base') }} as p_frequency
    from counted

)

select
    scope,
    origin,
    cast(recency_band as bigint) as recency_band,
    cast(frequency_band as bigint) as frequency_band,
    cast(train_origins as bigint) as train_origins,
    cast(train_cases as bigint) as train_cases,
    cast(cases as bigint) as cases,
    cast(churned as bigint) as churned,
    cast(p_recency as double) as p_recency,
    cast({{ churn_shrunk('churned', 'cases', prior) }} as double) as p_hazard
from margins
