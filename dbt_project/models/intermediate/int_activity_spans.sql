-- of those active on a day, how many days pass until they are active again, 28 standing for longer
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_members') }}

),

followed as (

    select
        member_days.scope,
        members.role,
        member_days.local_date,
        lead(member_days.local_date) over (
            partition by member_days.scope, member_days.member_key
            order by member_days.local_date
        ) as next_date
    from member_days
    inner join members
        on member_days.member_key = members.member_key

),

spans as (

    select
        scope,
        role,
        local_date,
        least(coalesce({{ days_between('local_date', 'next_date') }}, 28), 28) as days_to_next
    from followed

)

select
    scope,
    role,
    local_date,
    days_to_next,
    count(*) as members
from spans
group by scope, role, local_date, days_to_next
