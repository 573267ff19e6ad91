{{ config(schema='intermediate') }}
-- acts of one person toward another. One without a time is taken as old as its message: it cannot be older, so a window
-- counts only what surely lies in it
with interactions as (

    select * from {{ ref('fct_interactions') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

people as (

    select * from {{ ref('int_reach_people') }}

)

select
    interactions.source,
    givers.member_no as from_no,
    receivers.member_no as to_no,
    not givers.is_staff and not receivers.is_staff as is_among_members,
    interactions.kind,
    interactions.occurred_at,
    coalesce(interactions.occurred_at, messages.created_at) as acted_at,
    coalesce(interactions.local_date, messages.local_date) as acted_date,
    messages.channel_key
from interactions
inner join people as givers
    on interactions.from_member_key = givers.member_key
inner join people as receivers
    on interactions.to_member_key = receivers.member_key
left join messages
    on interactions.message_key = messages.message_key
where
    interactions.from_member_key <> interactions.to_member_key
    and coalesce(interactions.occurred_at, messages.created_at) is not null
