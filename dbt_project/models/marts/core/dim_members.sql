with members as (

    select * from {{ ref('int_members') }}

),

presence as (

    select * from {{ ref('int_member_presence') }}

),

activity as (

    select * from {{ ref('int_member_activity') }}

)

select
    members.member_key,
    members.role,
    least(presence.first_seen_at, activity.first_at) as first_seen_at,
    presence.joined_at,
    activity.last_active_date,
    case
        when presence.is_erased then 'erased'
        when presence.is_gone and presence.is_banned then 'banned'
        when presence.is_gone then 'left'
        when activity.last_active_date > {{ add_days('presence.as_of_date', '-' ~ var('silence_days')) }} then 'active'
        -- a silence that was not listened to proves nothing
        when presence.is_recently_observed and (activity.member_key is not null or presence.joined_at is not null) then 'silent'
        else 'unknown'
    end as status,
    case
        when members.role not in ('member', 'staff') then null
        when activity.activity_rank <= ceil(activity.active_members * 0.01) then 'core'
        when activity.active_days_90 >= 8 then 'regular'
        when activity.active_days_90 >= 1 then 'occasional'
        else 'observer'
    end as tier,
    members.accounts_count
from members
left join presence
    on members.member_key = presence.member_key
left join activity
    on members.member_key = activity.member_key
