-- when an account was first seen, joined, and whether it is still there, by the latest event of the whole community
with accounts as (

    select * from {{ ref('int_accounts') }}

),

memberships as (

    select * from {{ ref('int_memberships') }}

),

messages as (

    select
        account_key,
        min(created_at) as first_message_at
    from {{ ref('int_messages') }}
    where account_key is not null
    group by account_key

),

erased as (

    select distinct
        source,
        account
    from {{ source('raw', 'erased_accounts') }}

),

joins as (

    select
        account_key,
        min(occurred_at) as joined_at,
        min(coalesce(occurred_at, occurred_after)) as first_event_at
    from memberships
    where event = 'join' and scope_kind in ('community', 'channel')
    group by account_key

),

ranked as (

    select
        account_key,
        event,
        row_number() over (
            partition by account_key
            order by coalesce(occurred_at, occurred_after) desc, case when event in ('join', 'unban') then 0 else 1 end, membership_key
        ) as event_rank
    from memberships
    where scope_kind = 'community' and event in ('join', 'leave', 'kick', 'ban', 'unban')

)

select
    accounts.account_key,
    accounts.source,
    least(accounts.created_at, joins.first_event_at, messages.first_message_at) as first_seen_at,
    coalesce(joins.joined_at, accounts.created_at) as joined_at,
    accounts.is_deleted or coalesce(ranked.event in ('leave', 'kick', 'ban'), false) as is_gone,
    coalesce(ranked.event = 'ban', false) as is_banned,
    erased.account is not null as is_erased
from accounts
left join erased
    on accounts.source = erased.source and accounts.account_id = erased.account
left join joins
    on accounts.account_key = joins.account_key
left join messages
    on accounts.account_key = messages.account_key
left join ranked
    on accounts.account_key = ranked.account_key and ranked.event_rank = 1
