-- explicit leaves and bans that left a person with no account in the scope, and when a return undid them
with memberships as (

    select * from {{ ref('fct_memberships') }}
    where event in ('join', 'leave', 'kick', 'ban', 'unban') and coalesce(occurred_at, occurred_after) is not null

),

presence as (

    select * from {{ ref('int_account_presence') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

-- a closed account whose closing nobody dated went with its last channel
last_channels as (

    select
        memberships.source,
        memberships.account_key,
        memberships.member_key,
        max(case when memberships.scope_kind = 'channel' and memberships.event = 'leave' then memberships.occurred_at end) as left_at,
        max(case when memberships.scope_kind = 'channel' and memberships.event = 'join' then memberships.occurred_at end) as joined_at,
        max(case when memberships.scope_kind = 'community' and memberships.event <> 'join' then 1 else 0 end) as is_told
    from memberships
    inner join presence
        on memberships.account_key = presence.account_key
    where presence.is_gone
    group by memberships.source, memberships.account_key, memberships.member_key

),

-- an event found by comparing two lists is dated where it is known to have happened, else at the earliest it can have
events as (

    select
        source,
        account_key,
        member_key,
        membership_key,
        coalesce(occurred_at, occurred_after) as happened_at,
        event in ('leave', 'kick', 'ban') as is_gone,
        case when event = 'ban' then 'banned' else 'left' end as departure
    from memberships
    where scope_kind = 'community'
    union all
    select
        source,
        account_key,
        member_key,
        account_key as membership_key,
        left_at as happened_at,
        true as is_gone,
        'left' as departure
    from last_channels
    where is_told = 0 and left_at is not null and (left_at >= joined_at or joined_at is null)

),

states as (

    select
        *,
        lead(happened_at) over account_time as until_at,
        min(case when not is_gone then happened_at end) over (
            partition by account_key
            order by happened_at, case when is_gone then 0 else 1 end, membership_key
            rows between 1 following and unbounded following
        ) as undone_at
    from events
    window account_time as (
        partition by account_key
        order by happened_at, case when is_gone then 0 else 1 end, membership_key
    )

)

-- gone from the scope when no other account of theirs is still there
select
    scopes.scope,
    states.member_key,
    states.membership_key,
    states.happened_at,
    states.undone_at,
    states.departure
from states
inner join scopes
    on states.source = scopes.source
inner join scopes as reach
    on scopes.scope = reach.scope
left join accounts as others
    on
        states.member_key = others.member_key
        and reach.source = others.source
        and states.account_key <> others.account_key
left join states as theirs
    on
        others.account_key = theirs.account_key
        and theirs.is_gone
        and states.happened_at >= theirs.happened_at
        and (states.happened_at < theirs.until_at or theirs.until_at is null)
where states.is_gone
group by scopes.scope, states.member_key, states.membership_key, states.happened_at, states.undone_at, states.departure
having count(distinct others.account_key) = count(distinct theirs.account_key)
