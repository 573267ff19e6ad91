-- how many people a scope is known to have had at a month's end, where its one source states it; those who neither wrote
-- nor reacted are seen only in such a number
with months as (

    select * from {{ ref('int_scope_months') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

stated as (

    select * from {{ ref('int_members_stated') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}
    where role = 'staff'

),

presence as (

    select * from {{ ref('int_account_presence') }}
    where not is_gone

),

-- several sources count a person several times
alone as (

    select
        scope,
        min(source) as source
    from scopes
    group by scope
    having count(*) = 1

),

staff as (

    select
        accounts.source,
        count(*) as staff_accounts
    from accounts
    inner join presence
        on accounts.account_key = presence.account_key
    group by accounts.source

),

known as (

    select
        months.scope,
        months.month,
        case when alone.scope is not null then stated.members_count end as members_count,
        coalesce(staff.staff_accounts, 0) as staff_accounts
    from months
    left join stated
        on months.scope = stated.scope and months.last_date = stated.local_date
    left join alone
        on months.scope = alone.scope
    left join staff
        on alone.source = staff.source

)

select
    scope,
    'everyone' as population,
    month,
    members_count as known_members
from known
union all
select
    scope,
    'members' as population,
    month,
    -- greatest would pass over a NULL
    case when members_count is not null then greatest(members_count - staff_accounts, 0) end as known_members
from known
