with months as (

    select * from {{ ref('int_scope_months') }}

),

written as (

    select * from {{ ref('int_member_months') }}

),

observers as (

    select * from {{ ref('int_month_observers') }}

),

ranked as (

    select
        scope,
        population,
        month,
        active_days,
        messages,
        row_number() over (
            partition by scope, population, month, messages > 0
            order by messages, member_key
        ) as place,
        sum(messages) over (
            partition by scope, population, month
            order by messages desc, member_key desc
            rows between unbounded preceding and current row
        ) as reached,
        count(case when messages > 0 then 1 end) over (partition by scope, population, month) as posters,
        sum(messages) over (partition by scope, population, month) as total
    from written

),

-- places count from the fewest messages up
placed as (

    select
        *,
        floor((posters + 99) / 100.0) as top_1pct_posters,
        floor((posters + 9) / 10.0) as top_10pct_posters
    from ranked

),

shares as (

    select
        scope,
        population,
        month,
        max(posters) as posters,
        max(total) as messages,
        max(top_1pct_posters) as top_1pct_posters,
        max(top_10pct_posters) as top_10pct_posters,
        sum(case when posters - place < top_1pct_posters then messages else 0 end) as top_1pct_messages,
        sum(case when posters - place < top_10pct_posters then messages else 0 end) as top_10pct_messages,
        sum(case when messages > 0 then cast(place as double) * messages end) as weighted,
        count(case when messages > 0 and (reached - messages) * 2 < total then 1 end) as absence_factor,
        count(case when active_days >= 8 then 1 end) as heavy_members,
        count(case when active_days < 8 then 1 end) as occasional_members
    from placed
    group by scope, population, month

)

-- unknown is NULL, never 0; of a month in which nobody wrote there is no inequality
select
    observers.scope,
    observers.population,
    observers.month,
    case when months.is_known then coalesce(shares.posters, 0) end as posters,
    case when months.is_known then cast(coalesce(shares.messages, 0) as bigint) end as messages,
    case when months.is_known and shares.posters > 0
            then (2 * shares.weighted - (shares.posters + 1) * shares.messages) / (cast(shares.posters as double) * shares.messages)
    end as gini,
    case when months.is_known then cast(coalesce(shares.top_1pct_posters, 0) as bigint) end as top_1pct_posters,
    case when months.is_known then cast(coalesce(shares.top_1pct_messages, 0) as bigint) end as top_1pct_messages,
    case when months.is_known then {{ rate('shares.top_1pct_messages', 'shares.messages') }} end as top_1pct_share,
    case when months.is_known then cast(coalesce(shares.top_10pct_posters, 0) as bigint) end as top_10pct_posters,
    case when months.is_known then cast(coalesce(shares.top_10pct_messages, 0) as bigint) end as top_10pct_messages,
    case when months.is_known then {{ rate('shares.top_10pct_messages', 'shares.messages') }} end as top_10pct_share,
    case when months.is_known and shares.posters > 0 then shares.absence_factor end as absence_factor,
    case when months.is_known then coalesce(shares.heavy_members, 0) end as heavy_members,
    case when months.is_known then coalesce(shares.occasional_members, 0) end as occasional_members,
    case when months.is_known and observers.known_members is not null
            then greatest(observers.known_members - coalesce(shares.heavy_members + shares.occasional_members, 0), 0)
    end as observer_members,
    months.is_complete,
    months.is_provisional
from observers
inner join months
    on observers.scope = months.scope and observers.month = months.month
left join shares
    on observers.scope = shares.scope and observers.population = shares.population and observers.month = shares.month
