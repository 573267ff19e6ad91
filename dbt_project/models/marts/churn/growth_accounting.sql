-- who is new, retained, resurrected and churned, of each ended week, month and window of 28 days
with growth as (

    select * from {{ ref('int_churn_growth') }}

),

-- a calendar period's own flows stand with it, those toward the next period with the period before; a window's all stand with it
paired as (

    select
        this.scope,
        this.population,
        this.period_kind,
        this.period_start,
        this.period_end,
        this.is_known,
        this.is_known and coalesce(before.is_known, true) as is_comparable,
        this.is_complete and coalesce(before.is_complete, true) as is_complete,
        this.is_provisional,
        this.active,
        this.arrived,
        this.resurrected,
        coalesce(before.active, 0) as previous_active,
        case when this.period_kind = 'rolling28' then this.retained else coalesce(before.retained_next, 0) end as retained,
        case when this.period_kind = 'rolling28' then this.gone else coalesce(before.gone_next, 0) end as churned,
        case when this.period_kind = 'rolling28' then this.gone_left else coalesce(before.gone_left, 0) end as left_explicitly,
        case when this.period_kind = 'rolling28' then this.gone_banned else coalesce(before.gone_banned, 0) end as banned
    from growth as this
    left join growth as before
        on
            this.scope = before.scope
            and this.population = before.population
            and this.period_kind = before.period_kind
            and this.period_no - case when this.period_kind = 'rolling28' then 28 else 1 end = before.period_no

),

-- unknown is NULL: what was not heard, and any change from or to it
known as (

    select
        scope,
        population,
        period_kind,
        period_start,
        period_end,
        is_complete,
        is_provisional,
        cast(case when is_known then active end as bigint) as active,
        cast(case when is_comparable then previous_active end as bigint) as previous_active,
        cast(case when is_known then arrived end as bigint) as new,
        cast(case when is_comparable then retained end as bigint) as retained,
        cast(case when is_comparable then resurrected end as bigint) as resurrected,
        cast(case when is_comparable then churned end as bigint) as churned,
        cast(case when is_comparable then left_explicitly end as bigint) as left_explicitly,
        cast(case when is_comparable then banned end as bigint) as banned
    from paired

)

select
    scope,
    population,
    period_kind,
    period_start,
    period_end,
    active,
    previous_active,
    new,
    retained,
    resurrected,
    churned,
    left_explicitly,
    banned,
    {{ rate('(new + resurrected)', 'churned') }} as quick_ratio,
    {{ rate('churned', 'previous_active') }} as churn_rate,
    {{ wilson('churned', 'previous_active', 'lo') }} as churn_rate_lo,
    {{ wilson('churned', 'previous_active', 'hi') }} as churn_rate_hi,
    is_complete,
    is_provisional
from known
