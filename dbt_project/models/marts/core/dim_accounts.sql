with accounts as (

    select * from {{ ref('int_accounts') }}

),

links as (

    select * from {{ ref('int_account_links') }}

)

select
    accounts.account_key,
    links.member_key,
    accounts.source,
    accounts.platform,
    accounts.account_id,
    accounts.role,
    accounts.is_placeholder,
    links.link_reason,
    links.linked_at
from accounts
inner join links
    on accounts.account_key = links.account_key
