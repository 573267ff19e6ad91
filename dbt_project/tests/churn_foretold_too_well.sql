{#- a forecast too good to be true: look for features from the future before believing it -#}
{{ config(severity='warn') }}
select
    scope,
    origin,
    model,
    auc
from {{ ref('risk_backtest') }}
where is_leak_suspected
