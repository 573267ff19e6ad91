-- may a score be shown in this scope? Only where the hazard table has ranked better than recency alone, over six origins or more
with backtest as (

    select * from {{ ref('risk_backtest') }}
    where auc is not null

),

scopes as (

    select * from {{ ref('int_churn_windows') }}

),

compared as (

    select
        hazard.scope,
        count(*) as origins,
        sum(hazard.n) as n,
        sum(hazard.churned) as churned,
        avg(hazard.auc) as auc,
        avg(recency.auc) as recency_auc,
        avg(hazard.brier) as brier,
        avg(recency.brier) as recency_brier,
        avg(hazard.calibration_error) as calibration_error,
        count(case when hazard.auc > recency.auc then 1 end) as origins_won,
        max(case when hazard.is_leak_suspected or recency.is_leak_suspected then 1 else 0 end) = 1
        or avg(hazard.auc) > 0.95 as is_leak_suspected
    from backtest as hazard
    inner join backtest as recency
        on hazard.scope = recency.scope and hazard.origin = recency.origin and recency.model = 'recency'
    where hazard.model = 'hazard_table'
    group by hazard.scope

)

select
    scopes.scope,
    coalesce(compared.origins, 0) as origins,
    cast(compared.n as bigint) as n,
    cast(compared.churned as bigint) as churned,
    compared.auc,
    compared.recency_auc,
    compared.brier,
    compared.recency_brier,
    compared.calibration_error,
    compared.origins_won,
    coalesce(compared.is_leak_suspected, false) as is_leak_suspected,
    case
        when coalesce(compared.origins, 0) < 6 then 'too_few_origins'
        when compared.is_leak_suspected then 'leak_suspected'
        when compared.auc <= compared.recency_auc then 'recency_not_beaten'
        else 'shown'
    end as verdict
from scopes
left join compared
    on scopes.scope = compared.scope
