-- a person's acts over all their accounts, and in the 90 days to their as-of; ranked among those of the same role
with account_days as (

    select * from {{ ref('int_account_days') }}

),

links as (

    select * from {{ ref('int_account_links') }}

),

members as (

    select * from {{ ref('int_members') }}

),

presence as (

    select * from {{ ref('int_member_presence') }}

),

days as (

    select
        links.member_key,
        account_days.local_date,
        account_days.first_at,
        account_days.posts + account_days.comments + account_days.reposts + coalesce(account_days.reactions_given, 0) as acts
    from account_days
    inner join links
        on account_days.account_key = links.account_key

),

spans as (

    select
        member_key,
        min(first_at) as first_at,
        max(local_date) as last_active_date
    from days
    group by member_key

),

recent as (

    select
        days.member_key,
        count(distinct days.local_date) as active_days_90,
        sum(days.acts) as acts_90
    from days
    inner join presence
        on days.member_key = presence.member_key
    where days.local_date > {{ add_days('presence.as_of_date', "-90") }}
    group by days.member_key

),

lives as (

    select
        spans.member_key,
        members.role,
        spans.first_at,
        spans.last_active_date,
        coalesce(recent.active_days_90, 0) as active_days_90,
        coalesce(recent.acts_90, 0) as acts_90
    from spans
    inner join members
        on spans.member_key = members.member_key
    left join recent
        on spans.member_key = recent.member_key

)

select
    member_key,
    role,
    first_at,
    last_active_date,
    active_days_90,
    cast(acts_90 as bigint) as acts_90,
    case when active_days_90 > 0 then
            row_number() over (
                partition by role, active_days_90 > 0
                order by active_days_90 desc, acts_90 desc, member_key asc
            )
    end as activity_rank,
    sum(case when active_days_90 > 0 then 1 else 0 end) over (partition by role) as active_members
from lives
