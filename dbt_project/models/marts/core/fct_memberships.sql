with memberships as (

    select * from {{ ref('int_memberships') }}

),

links as (

    select * from {{ ref('int_account_links') }}

)

select
    memberships.membership_key,
    memberships.source,
    memberships.platform,
    links.member_key,
    memberships.account_key,
    memberships.scope_kind,
    memberships.scope_id,
    memberships.event,
    memberships.occurred_at,
    memberships.occurred_after,
    memberships.is_exact
from memberships
inner join links
    on memberships.account_key = links.account_key
