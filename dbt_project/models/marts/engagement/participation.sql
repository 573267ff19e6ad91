with months as (

    select * from {{ ref('int_scope_months') }}

),

written as (

    select * from {{ ref('int_member_months') }}

),

observers as (

    select * from {{ ref('int_month_observers') }}

),

-- members who wrote the same are told apart by nothing that counts here: a month is as many rows as there are numbers of messages
tallied as (

    select
        scope,
        population,
        month,
        messages,
        count(*) as members,
        count(case when active_days >= 8 then 1 end) as heavy_members
    from written
    group by scope, population, month, messages

),

-- below and above: posters and messages of those who wrote less and more
placed as (

    select
        *,
        case when messages > 0 then members else 0 end as posters,
        sum(case when messages > 0 then members else 0 end) over (
            partition by scope, population, month
            order by messages
        ) as reached_posters,
        sum(messages * members) over (
            partition by scope, population, month
            order by messages desc
        ) - messages * members as messages_above,
        sum(case when messages > 0 then members else 0 end) over (partition by scope, population, month) as all_posters,
        sum(messages * members) over (partition by scope, population, month) as all_messages
    from tallied

),

measured as (

    select
        *,
        all_posters - reached_posters as posters_above,
        floor((all_posters + 99) / 100.0) as top_1pct_posters,
        floor((all_posters + 9) / 10.0) as top_10pct_posters
    from placed

),

shares as (

    select
        scope,
        population,
        month,
        cast(max(all_posters) as bigint) as posters,
        max(all_messages) as messages,
        max(top_1pct_posters) as top_1pct_posters,
        max(top_10pct_posters) as top_10pct_posters,
        sum(messages * least(members, greatest(top_1pct_posters - posters_above, 0))) as top_1pct_messages,
        sum(messages * least(members, greatest(top_10pct_posters - posters_above, 0))) as top_10pct_messages,
        -- each poster's messages times their place, counted from the fewest messages up
        sum(cast(messages as double) * (posters * (reached_posters - posters) + posters * (posters + 1) / 2.0)) as weighted,
        -- as many of these as it takes to come to half of all, after those who wrote more
        cast(sum(
            case when messages > 0
                    then least(posters, greatest(ceil((all_messages - 2 * messages_above) / (2.0 * messages)), 0))
            end
        ) as bigint) as absence_factor,
        cast(sum(heavy_members) as bigint) as heavy_members,
        cast(sum(members - heavy_members) as bigint) as occasional_members
    from measured
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
