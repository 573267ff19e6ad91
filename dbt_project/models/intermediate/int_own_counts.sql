-- what we count of a source, in the terms in which platforms state it, and what we leave out as a bot's or the system's
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

)

select
    accounts.source,
    'members' as metric,
    count(case when roles.role in ('member', 'staff') then 1 end) as our_count,
    count(case when roles.role in ('bot', 'system') then 1 end) as bots
from accounts
inner join roles
    on accounts.account_key = roles.account_key
where not accounts.is_gone
group by accounts.source
union all
select
    messages.source,
    'posts' as metric,
    count(case when messages.kind <> 'system' and coalesce(roles.role, 'member') in ('member', 'staff') then 1 end) as our_count,
    count(case when messages.kind = 'system' or roles.role in ('bot', 'system') then 1 end) as bots
from messages
left join roles
    on messages.account_key = roles.account_key
where messages.deleted_at is null
group by messages.source
union all
select
    source,
    'reactions' as metric,
    count(*) as our_count,
    0 as bots
from interactions
group by source
