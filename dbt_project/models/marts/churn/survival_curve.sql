-- Kaplan-Meier by stratum: what share still takes part `day` days after a spell began
{%- set z = 1.959963984540054 %}
with lives as (

    select * from {{ ref('int_churn_lives') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

days as (

    select
        lives.scope,
        populations.population,
        lives.stratum,
        lives.duration_days as day,
        sum(lives.lives) as leaving,
        sum(lives.churned) as churned
    from lives
    inner join populations
        on populations.population = 'everyone' or lives.role = 'member'
    group by lives.scope, populations.population, lives.stratum, lives.duration_days

),

at_risk as (

    select
        *,
        sum(leaving) over (
            partition by scope, population, stratum
            order by day
            rows between current row and unbounded following
        ) as at_risk
    from days

),

-- the product of 1 - d/n as a sum of logarithms; once all at risk have gone it is 0 for good
summed as (

    select
        *,
        max(case when churned = at_risk then 1 else 0 end) over (
            partition by scope, population, stratum
            order by day
            rows between unbounded preceding and current row
        ) = 1 as is_over,
        sum(case when churned < at_risk then ln((at_risk - churned) / cast(at_risk as double)) else 0 end) over (
            partition by scope, population, stratum
            order by day
            rows between unbounded preceding and current row
        ) as log_survival,
        sum(case when churned < at_risk then churned / (cast(at_risk as double) * (at_risk - churned)) else 0 end) over (
            partition by scope, population, stratum
            order by day
            rows between unbounded preceding and current row
        ) as greenwood
    from at_risk

),

estimated as (

    select
        *,
        case when is_over then 0 else exp(log_survival) end as survival,
        case when not is_over then exp(log_survival) * sqrt(greenwood) end as std_error,
        case when not is_over and log_survival < 0 then {{ z }} * sqrt(greenwood) / log_survival end as spread
    from summed

)

select
    scope,
    population,
    stratum,
    day,
    cast(at_risk as bigint) as at_risk,
    cast(churned as bigint) as churned,
    cast(leaving - churned as bigint) as censored,
    cast(survival as double) as survival,
    std_error,
    -- log-log; before the first loss the interval has no width, after the last life it is unknown
    case
        when is_over then null
        when log_survival = 0 then cast(1 as double)
        else exp(log_survival * exp(-spread))
    end as lo,
    case
        when is_over then null
        when log_survival = 0 then cast(1 as double)
        else exp(log_survival * exp(spread))
    end as hi
from estimated
