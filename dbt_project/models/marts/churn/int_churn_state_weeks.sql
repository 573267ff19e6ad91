-- the last ended weeks of a scope, for which member_states is kept
with periods as (

    select * from {{ ref('int_churn_periods') }}
    where period_kind = 'week' and is_over

),

clock as (

    select * from {{ ref('int_churn_clock') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by scope
            order by period_no desc
        ) as recency
    from periods

)

select
    ranked.scope,
    ranked.period_no as week_no,
    ranked.period_start as week_start,
    ranked.period_end as week_end,
    ranked.is_provisional,
    sum(clock.uncovered_seconds) <= {{ var('max_uncovered_share') }} * 56 * 86400 as is_known
from ranked
inner join clock
    on
        ranked.scope = clock.scope
        and ranked.period_end >= clock.local_date
        and clock.local_date > {{ add_days('ranked.period_end', -56) }}
where ranked.recency <= {{ var('member_states_weeks', 13) }}
group by ranked.scope, ranked.period_no, ranked.period_start, ranked.period_end, ranked.is_provisional
