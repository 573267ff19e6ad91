with interactions as (

    select * from {{ ref('int_interactions') }}

),

links as (

    select * from {{ ref('int_account_links') }}

)

select
    interactions.interaction_key,
    interactions.source,
    givers.member_key as from_member_key,
    receivers.member_key as to_member_key,
    interactions.from_account_key,
    interactions.to_account_key,
    interactions.kind,
    interactions.occurred_at,
    interactions.local_date,
    interactions.message_key
from interactions
inner join links as givers
    on interactions.from_account_key = givers.account_key
inner join links as receivers
    on interactions.to_account_key = receivers.account_key
