-- log-rank: do the answered and the unanswered, both still there after a day, stay equally long? Once as they are, and once
-- among those who began alike: who asks is answered most, and many who ask came for that answer only
with layers as (

    select * from {{ ref('int_churn_log_ranks') }}

),

summed as (

    select
        scope,
        population,
        sum(case when began_with = 'any' then lives_1 end) as lives_1,
        sum(case when began_with = 'any' then lives_2 end) as lives_2,
        sum(case when began_with = 'any' then churned_1 end) as churned_1,
        sum(case when began_with = 'any' then churned_2 end) as churned_2,
        sum(case when began_with = 'any' then expected_1 end) as expected_1,
        sum(case when began_with = 'any' then variance end) as variance,
        sum(case when began_with <> 'any' then expected_1 end) as alike_expected_1,
        sum(case when began_with <> 'any' then variance end) as alike_variance
    from layers
    group by scope, population

),

tested as (

    select
        *,
        (churned_1 - expected_1) * (churned_1 - expected_1) / nullif(variance, 0) as chi_square,
        (churned_1 - alike_expected_1) * (churned_1 - alike_expected_1) / nullif(alike_variance, 0) as alike_chi_square
    from summed

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
    churned_1 + churned_2 - expected_1 as compared_expected,
    chi_square,
    cast({{ churn_chi_square_tail('chi_square') }} as double) as p_value,
    alike_expected_1 as alike_expected,
    alike_chi_square,
    cast({{ churn_chi_square_tail('alike_chi_square') }} as double) as alike_p_value
from tested
