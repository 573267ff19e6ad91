-- foretold beside what came, by tenths of the cases in order of what was foretold; equal forecasts stay together
with scores as (

    select
        scope,
        origin,
        model,
        p_churn,
        sum(cases) as cases,
        sum(churned) as churned
    from {{ ref('int_risk_scores') }}
    group by scope, origin, model, p_churn

),

placed as (

    select
        *,
        (
            sum(cases) over (
                partition by scope, origin, model
                order by p_churn
                rows between unbounded preceding and current row
            ) - cases / 2.0
        ) / sum(cases) over (partition by scope, origin, model) as place
    from scores

),

deciles as (

    select
        scope,
        origin,
        model,
        cast(floor(place * 10) + 1 as bigint) as decile,
        cast(sum(cases) as bigint) as cases,
        cast(sum(churned) as bigint) as churned,
        sum(p_churn * cases) / sum(cases) as mean_p_churn
    from placed
    group by scope, origin, model, cast(floor(place * 10) + 1 as bigint)

)

select
    scope,
    origin,
    model,
    decile,
    cases,
    churned,
    mean_p_churn,
    {{ rate('churned', 'cases') }} as churn_rate,
    {{ wilson('churned', 'cases', 'lo') }} as lo,
    {{ wilson('churned', 'cases', 'hi') }} as hi
from deciles
