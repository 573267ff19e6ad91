-- the first leave or ban after an act of a member, before any other act
with leaves as (

    select * from {{ ref('int_churn_leaves') }}

),

members as (

    select * from {{ ref('int_churn_members') }}

),

member_days as (

    select * from {{ ref('fct_member_days') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- who acted after it on the same day has not gone
placed as (

    select
        leaves.scope,
        members.member_no,
        leaves.membership_key,
        leaves.happened_at,
        leaves.undone_at,
        leaves.departure,
        max(case when member_days.last_at <= leaves.happened_at then member_days.local_date end) as after_date,
        max(case when member_days.last_at > leaves.happened_at and member_days.first_at <= leaves.happened_at then 1 else 0 end) as acted_on
    from leaves
    inner join members
        on leaves.scope = members.scope and leaves.member_key = members.member_key
    inner join member_days
        on leaves.scope = member_days.scope and leaves.member_key = member_days.member_key
    group by leaves.scope, members.member_no, leaves.membership_key, leaves.happened_at, leaves.undone_at, leaves.departure

),

ranked as (

    select
        *,
        row_number() over (
            partition by member_no, after_date
            order by happened_at, membership_key
        ) as departure_rank
    from placed
    where after_date is not null and acted_on = 0

)

select
    ranked.scope,
    ranked.member_no,
    ranked.after_date,
    ranked.departure,
    {{ local_date('ranked.happened_at', 'settings.time_zone') }} as departed_on,
    {{ local_date('ranked.undone_at', 'settings.time_zone') }} as undone_on
from ranked
cross join settings
where ranked.departure_rank = 1
