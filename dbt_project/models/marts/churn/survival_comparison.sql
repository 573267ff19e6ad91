-- log-rank: do the answered and the unanswered, both still there after a day, stay equally long?
with curves as (

    select * from {{ ref('survival_curve') }}
    where stratum in ('answered_24h', 'unanswered_24h')

),

days as (

    select distinct
        scope,
        population,
        day
    from curves
    where churned > 0

),

-- at risk on a day of the other curve: those who leave it on that day or later
counted as (

    select
        days.scope,
        days.population,
        days.day,
        sum(case when curves.stratum = 'answered_24h' and curves.day = days.day then curves.churned else 0 end) as churned_1,
        sum(case when curves.day = days.day then curves.churned else 0 end) as churned,
        sum(case when curves.stratum = 'answered_24h' then curves.churned + curves.censored else 0 end) as at_risk_1,
        sum(curves.churned + curves.censored) as at_risk
    from days
    inner join curves
        on days.scope = curves.scope and days.population = curves.population and days.day <= curves.day
    group by days.scope, days.population, days.day

),

expected as (

    select
        *,
        cast(churned as double) * at_risk_1 / at_risk as expected_1,
        case
            when at_risk > 1
                then
                    cast(churned as double) * at_risk_1 / at_risk
                    * (at_risk - at_risk_1) / at_risk * (at_risk - churned) / (at_risk - 1)
            else 0
        end as variance
    from counted

),

summed as (

    select
        scope,
        population,
        sum(churned_1) as churned_1,
        sum(churned) as churned,
        sum(expected_1) as expected_1,
        sum(variance) as variance
    from expected
    group by scope, population

),

lives as (

    select
        scope,
        population,
        sum(case when stratum = 'answered_24h' then churned + censored else 0 end) as lives_1,
        sum(case when stratum = 'unanswered_24h' then churned + censored else 0 end) as lives_2
    from curves
    group by scope, population

),

tested as (

    select
        lives.scope,
        lives.population,
        lives.lives_1,
        lives.lives_2,
        summed.churned_1,
        summed.churned - summed.churned_1 as churned_2,
        summed.expected_1,
        summed.churned - summed.expected_1 as expected_2,
        (summed.churned_1 - summed.expected_1) * (summed.churned_1 - summed.expected_1) / nullif(summed.variance, 0) as chi_square
    from lives
    left join summed
        on lives.scope = summed.scope and lives.population = summed.population

)

select
    scope,
    population,
    'answered_24h' as stratum,
    'unanswered_24h' as compared_with,
    cast(lives_1 as bigint) as lives,
    cast(lives_2 as bigint) as compared_lives,
    cast(churned_1 as bigint) as churned,
    cast(churned_2 as bigint) as compared_churned,
    expected_1 as expected,
    expected_2 as compared_expected,
    chi_square,
    cast({{ churn_chi_square_tail('chi_square') }} as double) as p_value
from tested
