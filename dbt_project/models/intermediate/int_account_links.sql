-- which person an account belongs to; as yet each account is a person of its own
with accounts as (

    select * from {{ ref('int_accounts') }}

)

select
    account_key,
    account_key as member_key,
    cast(null as varchar) as link_reason,
    cast(null as timestamp) as linked_at
from accounts
