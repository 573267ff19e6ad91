-- the people of a scope, those who never acted too, and whether they are gone from all their accounts in it
with presence as (

    select * from {{ ref('int_account_presence') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

people as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff')

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

members as (

    select * from {{ ref('int_churn_members') }}

),

present as (

    select
        scopes.scope,
        accounts.member_key,
        min(presence.joined_at) as joined_at,
        min(case when presence.is_gone then 1 else 0 end) = 1 as is_gone,
        max(case when presence.is_banned then 1 else 0 end) = 1 as is_banned
    from accounts
    inner join presence
        on accounts.account_key = presence.account_key
    inner join scopes
        on accounts.source = scopes.source
    group by scopes.scope, accounts.member_key

)

select
    present.scope,
    present.member_key,
    members.member_no,
    people.role,
    people.status = 'erased' as is_erased,
    {{ local_date('present.joined_at', 'settings.time_zone') }} as joined_on,
    present.is_gone,
    present.is_gone and present.is_banned as is_banned,
    members.first_date,
    members.last_date
from present
inner join people
    on present.member_key = people.member_key
cross join settings
left join members
    on present.scope = members.scope and present.member_key = members.member_key
