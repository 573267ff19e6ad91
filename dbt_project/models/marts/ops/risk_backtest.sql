-- how well silence was foretold at past origins, by the hazard table and by recency alone
with scores as (

    select * from {{ ref('int_risk_scores') }}

),

ranked as (

    select
        scope,
        origin,
        model,
        score,
        sum(cases) as cases,
        sum(churned) as churned
    from scores
    group by scope, origin, model, score

),

-- the share of pairs put in the right order, ties half
ordered as (

    select
        *,
        churned * (
            sum(cases - churned) over (
                partition by scope, origin, model
                order by score
                rows between unbounded preceding and current row
            ) - (cases - churned) / 2.0
        ) as pairs
    from ranked

),

aucs as (

    select
        scope,
        origin,
        model,
        sum(churned) as churned,
        sum(cases - churned) as returned,
        cast(sum(pairs) as double) / nullif(sum(churned) * sum(cases - churned), 0) as auc
    from ordered
    group by scope, origin, model

),

errors as (

    select
        scope,
        origin,
        model,
        max(train_origins) as train_origins,
        max(train_cases) as train_cases,
        sum(cases) as cases,
        sum(churned * (1 - p_churn) * (1 - p_churn) + (cases - churned) * p_churn * p_churn) / sum(cases) as brier,
        sum(p_churn * cases) / sum(cases) as mean_p_churn
    from scores
    group by scope, origin, model

),

-- deciles are drawn in the table of them; here their mean distance, weighted by cases
calibration as (

    select
        scope,
        origin,
        model,
        sum(abs(mean_p_churn - churn_rate) * cases) / sum(cases) as calibration_error
    from {{ ref('risk_calibration') }}
    group by scope, origin, model

)

select
    aucs.scope,
    aucs.origin,
    aucs.model,
    cast(errors.cases as bigint) as n,
    cast(aucs.churned as bigint) as churned,
    cast(aucs.churned as double) / errors.cases as base_rate,
    aucs.auc,
    errors.brier,
    errors.mean_p_churn,
    calibration.calibration_error,
    errors.train_origins,
    errors.train_cases,
    -- too good to be true: look for the leak
    coalesce(aucs.auc > 0.95 and aucs.churned >= 30 and aucs.returned >= 30, false) as is_leak_suspected
from aucs
inner join errors
    on aucs.scope = errors.scope and aucs.origin = errors.origin and aucs.model = errors.model
inner join calibration
    on aucs.scope = calibration.scope and aucs.origin = calibration.origin and aucs.model = calibration.model
