-- which person an account belongs to, and why
with accounts as (

    select * from {{ ref('int_accounts') }}

),

ties as (

    select * from {{ ref('int_account_ties') }}

),

components as (

    select * from {{ ref('int_account_components') }}

),

-- the user's own word goes first, then what platforms verified, then the earliest
reasons as (

    select
        account_key,
        link_reason,
        tied_at,
        row_number() over (
            partition by account_key
            order by case link_reason when 'identities_file' then 1 when 'equal_email' then 2 else 3 end, tied_at, tie
        ) as reason_rank
    from ties

)

select
    accounts.account_key,
    coalesce(components.member_key, accounts.account_key) as member_key,
    reasons.link_reason,
    reasons.tied_at as linked_at
from accounts
left join components
    on accounts.account_key = components.account_key
left join reasons
    on accounts.account_key = reasons.account_key and reasons.reason_rank = 1
