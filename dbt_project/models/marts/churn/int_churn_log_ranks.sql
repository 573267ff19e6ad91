-- the sums of a log-rank test between the answered and the unanswered, for all of them and for those who began alike
with lives as (

    select * from {{ ref('int_churn_lives') }}
    where stratum in ('answered_24h', 'unanswered_24h')

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
        lives.began_with,
        lives.duration_days as day,
        sum(case when lives.stratum = 'answered_24h' then lives.lives else 0 end) as lives_1,
        sum(lives.lives) as lives,
        sum(case when lives.stratum = 'answered_24h' then lives.churned else 0 end) as churned_1,
        sum(lives.churned) as churned
    from lives
    inner join populations
        on populations.population = 'everyone' or lives.role = 'member'
    group by lives.scope, populations.population, lives.began_with, lives.duration_days

),

layers as (

    select * from days
    union all
    select
        scope,
        population,
        'any' as began_with,
        day,
        sum(lives_1) as lives_1,
        sum(lives) as lives,
        sum(churned_1) as churned_1,
        sum(churned) as churned
    from days
    group by scope, population, day

),

-- at risk on a day: those who leave it on that day or later
at_risk as (

    select
        *,
        sum(lives_1) over later as at_risk_1,
        cast(sum(lives) over later as double) as at_risk
    from layers
    window later as (
        partition by scope, population, began_with
        order by day
        rows between current row and unbounded following
    )

),

expected as (

    select
        *,
        churned * at_risk_1 / at_risk as expected_1,
        case
            when at_risk > 1
                then churned * at_risk_1 / at_risk * (at_risk - at_risk_1) / at_risk * (at_risk - churned) / (at_risk - 1)
            else 0
        end as variance
    from at_risk

)

-- summed as decimals: any order gives the same digits

select
    scope,
    population,
    began_with,
    cast(sum(lives_1) as bigint) as lives_1,
    cast(sum(lives - lives_1) as bigint) as lives_2,
    cast(sum(churned_1) as bigint) as churned_1,
    cast(sum(churned - churned_1) as bigint) as churned_2,
    cast(sum(cast(expected_1 as decimal(38, 18))) as double) as expected_1,
    cast(sum(cast(variance as decimal(38, 18))) as double) as variance
from expected
group by scope, population, began_with
