-- members who may fall silent: the chance of no dated act in the 28 days from the as-of, told by what became of others like them.
-- Empty where the score has not beaten recency alone in this community
with gaps as (

    select * from {{ ref('int_churn_gaps') }}
    where scope = 'all' and role = 'member'

),

members as (

    select * from {{ ref('int_churn_members') }}

),

origins as (

    select * from {{ ref('int_risk_origins') }}
    where is_scoring

),

rates as (

    select * from {{ ref('int_risk_rates') }}

),

verdicts as (

    select * from {{ ref('risk_verdict') }}
    where verdict = 'shown'

),

-- at risk: acted in the 28 days before, not yet on the day of the as-of, not gone
lasts as (

    select
        gaps.member_no,
        gaps.scope,
        origins.origin,
        gaps.first_date,
        gaps.active_days_28,
        origins.day_no - gaps.day_no as days_silent
    from gaps
    inner join origins
        on gaps.scope = origins.scope
    where
        gaps.next_date is null
        and gaps.day_no < origins.day_no
        and gaps.day_no >= origins.day_no - 28
        and (gaps.departed_on is null or gaps.undone_on <= origins.origin)

),

-- what is usual for the member: the median silence of the year before
usual as (

    select
        lasts.member_no,
        {{ churn_median(days_between('gaps.local_date', 'gaps.next_date')) }} as usual_gap_days
    from lasts
    inner join gaps
        on lasts.member_no = gaps.member_no
    where gaps.next_date is not null and {{ days_between('gaps.next_date', 'lasts.origin') }} <= 365
    group by lasts.member_no

),

scored as (

    select
        members.member_key,
        lasts.origin,
        lasts.days_silent,
        lasts.active_days_28,
        lasts.first_date,
        usual.usual_gap_days,
        rates.p_hazard,
        rates.cases,
        rates.churned
    from lasts
    inner join members
        on lasts.member_no = members.member_no
    inner join verdicts
        on lasts.scope = verdicts.scope
    inner join rates
        on
            lasts.scope = rates.scope
            and lasts.origin = rates.origin
            and {{ churn_recency_band('lasts.days_silent') }} = rates.recency_band
            and {{ churn_frequency_band('lasts.active_days_28') }} = rates.frequency_band
    left join usual
        on lasts.member_no = usual.member_no

)

select
    member_key,
    origin as as_of,
    p_hazard as p_churn,
    -- as many cases as were seen, and the twenty of the prior
    {{ wilson('(p_hazard * (cases + 20))', '(cases + 20)', 'lo') }} as lo,
    {{ wilson('(p_hazard * (cases + 20))', '(cases + 20)', 'hi') }} as hi,
    cases as n_like_them,
    cases - churned as returned_like_them,
    cast(days_silent as bigint) as days_silent,
    cast(usual_gap_days as double) as usual_gap_days,
    cast(active_days_28 as bigint) as active_days_28,
    {{ churn_reasons() }} as reasons,
    'hazard_table' as model
from scored
