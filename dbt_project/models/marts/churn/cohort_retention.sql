-- of those who first acted in a week or month, how many acted in each later one, and how many then or later
with moves as (

    select * from {{ ref('int_churn_moves') }}

),

periods as (

    select * from {{ ref('int_churn_periods') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

counted as (

    select
        moves.scope,
        populations.population,
        moves.period_kind,
        moves.cohort_no,
        moves.period_no,
        sum(moves.active) as active,
        sum(moves.ended) as ended,
        sum(moves.arrived) as arrived
    from moves
    inner join populations
        on populations.population = 'everyone' or moves.role = 'member'
    group by moves.scope, populations.population, moves.period_kind, moves.cohort_no, moves.period_no

),

cohorts as (

    select
        counted.scope,
        counted.population,
        counted.period_kind,
        counted.cohort_no,
        counted.arrived as cohort_size,
        periods.period_start as cohort_start,
        periods.is_known
    from counted
    inner join periods
        on
            counted.scope = periods.scope
            and counted.period_kind = periods.period_kind
            and counted.cohort_no = periods.period_no
    where counted.cohort_no = counted.period_no and counted.arrived > 0

),

-- every cell from the cohort's own period to the running one; who acts no more is lost from the next cell on
cells as (

    select
        cohorts.*,
        periods.period_no - cohorts.cohort_no as age,
        coalesce(counted.active, 0) as active,
        cohorts.cohort_size - coalesce(sum(counted.ended) over (
            partition by cohorts.scope, cohorts.population, cohorts.period_kind, cohorts.cohort_no
            order by periods.period_no
            rows between unbounded preceding and 1 preceding
        ), 0) as unbounded_active,
        cohorts.is_known and periods.is_known as is_cell_known,
        periods.is_complete,
        periods.is_provisional
    from cohorts
    inner join periods
        on
            cohorts.scope = periods.scope
            and cohorts.period_kind = periods.period_kind
            and cohorts.cohort_no <= periods.period_no
    left join counted
        on
            cohorts.scope = counted.scope
            and cohorts.population = counted.population
            and cohorts.period_kind = counted.period_kind
            and cohorts.cohort_no = counted.cohort_no
            and periods.period_no = counted.period_no

),

-- cells not yet over and cells not heard are NULL
known as (

    select
        scope,
        population,
        period_kind as cohort_kind,
        cohort_start,
        cast(age as bigint) as age,
        cast(case when is_known then cohort_size end as bigint) as cohort_size,
        cast(case when is_cell_known then active end as bigint) as active,
        cast(case when is_cell_known then unbounded_active end as bigint) as unbounded_active,
        is_complete,
        is_provisional
    from cells

)

select
    *,
    {{ rate('active', 'cohort_size') }} as rate,
    {{ wilson('active', 'cohort_size', 'lo') }} as lo,
    {{ wilson('active', 'cohort_size', 'hi') }} as hi,
    {{ rate('unbounded_active', 'cohort_size') }} as unbounded_rate,
    {{ wilson('unbounded_active', 'cohort_size', 'lo') }} as unbounded_lo,
    {{ wilson('unbounded_active', 'cohort_size', 'hi') }} as unbounded_hi
from known
