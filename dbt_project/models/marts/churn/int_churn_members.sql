-- who ever acted in a scope, with a small number in place of the long key
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff')

),

clock as (

    select
        scope,
        min(local_date) as first_date,
        max(local_date) as as_of_date
    from {{ ref('int_churn_clock') }}
    group by scope

),

lives as (

    select
        member_days.scope,
        member_days.member_key,
        min(member_days.local_date) as first_date,
        max(member_days.local_date) as last_date
    from member_days
    inner join clock
        on
            member_days.scope = clock.scope
            and member_days.local_date >= clock.first_date
            and member_days.local_date <= clock.as_of_date
    group by member_days.scope, member_days.member_key

)

select
    lives.scope,
    lives.member_key,
    row_number() over (
        order by lives.scope, lives.member_key
    ) as member_no,
    members.role,
    lives.first_date,
    lives.last_date
from lives
inner join members
    on lives.member_key = members.member_key
