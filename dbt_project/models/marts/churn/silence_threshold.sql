{%- set shortest, longest, ahead = 7, 365, 90 -%}{#- bounds of W, and how far ahead a return is looked for -#}
with silences as (

    select * from {{ ref('int_churn_silences') }}

),

quarters as (

    select
        scope,
        computed_on,
        sum(silences) as silences
    from silences
    group by scope, computed_on

),

grid as (

    select
        scope,
        computed_on,
        silences,
        {{ churn_each_number(1, longest + ahead) }} as days
    from quarters

),

at_risk as (

    select
        grid.scope,
        grid.computed_on,
        grid.silences,
        grid.days,
        coalesce(silences.ended, 0) as ended,
        grid.silences - coalesce(sum(silences.silences) over (
            partition by grid.scope, grid.computed_on
            order by grid.days
            rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from grid
    left join silences
        on grid.scope = silences.scope and grid.computed_on = silences.computed_on and grid.days = silences.days

),

-- Kaplan-Meier on the logarithm; where the last at risk returned it is undefined, and so few are never used
lasting as (

    select
        *,
        sum(case when ended < at_risk then ln(1 - cast(ended as double) / at_risk) end) over (
            partition by scope, computed_on
            order by days
            rows between unbounded preceding and current row
        ) as log_lasting
    from at_risk

),

seen_ahead as (

    select
        *,
        lead(at_risk, {{ ahead }}) over later as at_risk_ahead,
        lead(log_lasting, {{ ahead }}) over later as log_lasting_ahead
    from lasting
    window later as (
        partition by scope, computed_on
        order by days
    )

),

chances as (

    select
        scope,
        computed_on,
        days,
        silences,
        at_risk_ahead as at_risk,
        1 - exp(log_lasting_ahead - log_lasting) as return_rate
    from seen_ahead
    where days >= {{ shortest }} and days <= {{ longest }} and at_risk_ahead >= 30

),

chosen as (

    select
        scope,
        computed_on,
        min(days) as window_days
    from chances
    where return_rate <= 0.1
    group by scope, computed_on

)

select
    quarters.scope,
    quarters.computed_on,
    cast(chosen.window_days as bigint) as window_days,
    cast(coalesce(chosen.window_days, 28) as bigint) as silence_days,
    chosen.window_days is null as is_default,
    cast(quarters.silences as bigint) as silences,
    cast(own.at_risk as bigint) as at_risk,
    own.return_rate,
    cast(usual.at_risk as bigint) as at_risk_28,
    usual.return_rate as return_rate_28
from quarters
left join chosen
    on quarters.scope = chosen.scope and quarters.computed_on = chosen.computed_on
left join chances as own
    on quarters.scope = own.scope and quarters.computed_on = own.computed_on and chosen.window_days = own.days
left join chances as usual
    on quarters.scope = usual.scope and quarters.computed_on = usual.computed_on and usual.days = 28
