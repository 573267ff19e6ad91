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
        min(account_days.first_at) as first_at,
        sum(account_days.posts + account_days.comments + account_days.reposts + coalesce(account_days.reactions_given, 0)) as acts
    from account_days
    inner join links
        on account_days.account_key = links.account_key
    group by links.member_key, account_days.local_date

),

lives as (

    select
        days.member_key,
        members.role,
        min(days.first_at) as first_at,
        max(days.local_date) as last_active_date,
        count(case when days.local_date > {{ add_days('presence.as_of_date', "-90") }} then 1 end) as active_days_90,
        coalesce(sum(case when days.local_date > {{ add_days('presence.as_of_date', "-90") }} then days.acts end), 0) as acts_90
    from days
    inner join members
        on days.member_key = members.member_key
    inner join presence
        on days.member_key = presence.member_key
    group by days.member_key, members.role

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
