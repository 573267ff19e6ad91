-- the cases of each origin under both models, as what was foretold and what came; a model without a year's two origins says nothing
with cases as (

    select * from {{ ref('int_risk_cases') }}

),

rates as (

    select * from {{ ref('int_risk_rates') }}
    where train_origins >= 2

),

origins as (

    select * from {{ ref('int_risk_origins') }}
    where recency <= 13

),

foretold as (

    select
        cases.scope,
        cases.origin,
        cases.days_silent,
        cases.cases,
        cases.churned,
        rates.train_origins,
        rates.train_cases,
        rates.p_recency,
        rates.p_hazard
    from cases
    inner join origins
        on cases.scope = origins.scope and cases.origin = origins.origin
    inner join rates
        on
            cases.scope = rates.scope
            and cases.origin = rates.origin
            and {{ churn_recency_band('cases.days_silent') }} = rates.recency_band
            and {{ churn_frequency_band('cases.active_days') }} = rates.frequency_band

),

-- recency ranks by the days themselves, which is the harder baseline
models as (

    select
        scope,
        origin,
        'recency' as model,
        cast(days_silent as double) as score,
        p_recency as p_churn,
        cases,
        churned,
        train_origins,
        train_cases
    from foretold
    union all
    select scope, origin, 'hazard_table' as model, p_hazard as score, p_hazard as p_churn, cases, churned, train_origins, train_cases
    from foretold

)

select
    scope,
    origin,
    model,
    score,
    p_churn,
    max(train_origins) as train_origins,
    max(train_cases) as train_cases,
    cast(sum(cases) as bigint) as cases,
    cast(sum(churned) as bigint) as churned
from models
group by scope, origin, model, score, p_churn
