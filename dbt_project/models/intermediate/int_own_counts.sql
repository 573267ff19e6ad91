-- what we count of a source, in the terms in which platforms state it, and what a platform counts that we leave out
with accounts as (

    select * from {{ ref('int_account_presence') }}

),

roles as (

    select * from {{ ref('dim_accounts') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

interactions as (

    select * from {{ ref('int_interactions') }}
    where kind = 'reaction'

),

-- one reason an account is left out: gone or erased before bot
known as (

    select
        accounts.account_key,
        accounts.source,
        roles.member_key,
        case
            when accounts.is_gone or accounts.is_erased then 'deleted'
            when roles.role in ('member', 'staff') then 'counted'
            else 'bot'
        end as standing
    from accounts
    inner join roles
        on accounts.account_key = roles.account_key

),

written as (

    select
        messages.source,
        case
            when messages.deleted_at is not null or coalesce(accounts.is_erased, false) then 'deleted'
            when messages.kind <> 'system' and coalesce(roles.role, 'member') in ('member', 'staff') then 'counted'
            else 'bot'
        end as standing
    from messages
    left join roles
        on messages.account_key = roles.account_key
    left join accounts
        on messages.account_key = accounts.account_key

),

follows as (

    select
        source,
        event,
        row_number() over (
            partition by account_key
            order by coalesce(occurred_at, occurred_after) desc, case when event = 'follow' then 0 else 1 end, membership_key
        ) as event_rank
    from {{ ref('int_memberships') }}
    where event in ('follow', 'unfollow') and scope_kind = 'community'

)

select
    source,
    'members' as metric,
    count(distinct case when standing = 'counted' then member_key end) as our_count,
    count(case when standing = 'bot' then 1 end) as bots,
    count(case when standing = 'counted' then 1 end)
    - count(distinct case when standing = 'counted' then member_key end) as merged,
    count(case when standing = 'deleted' then 1 end) as deleted
from known
group by source
union all
select
    source,
    'posts' as metric,
    count(case when standing = 'counted' then 1 end) as our_count,
    count(case when standing = 'bot' then 1 end) as bots,
    0 as merged,
    count(case when standing = 'deleted' then 1 end) as deleted
from written
group by source
union all
select
    source,
    'reactions' as metric,
    count(*) as our_count,
    0 as bots,
    0 as merged,
    0 as deleted
from interactions
group by source
union all
select
    source,
    'followers' as metric,
    count(case when event = 'follow' then 1 end) as our_count,
    0 as bots,
    0 as merged,
    0 as deleted
from follows
where event_rank = 1
group by source
