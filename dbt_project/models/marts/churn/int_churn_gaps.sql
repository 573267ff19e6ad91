-- every active day of a member with the silence that follows it: the one rescan of the member-days that all churn marts read
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_churn_members') }}

),

clock as (

    select * from {{ ref('int_churn_clock') }}

),

departures as (

    select * from {{ ref('int_churn_departures') }}

),

numbered as (

    select
        members.scope,
        members.member_no,
        members.role,
        members.first_date,
        member_days.local_date,
        clock.as_of_date,
        clock.day_no,
        clock.observed_no
    from member_days
    inner join members
        on member_days.scope = members.scope and member_days.member_key = members.member_key
    inner join clock
        on member_days.scope = clock.scope and member_days.local_date = clock.local_date

),

followed as (

    select
        *,
        lead(local_date) over (
            partition by member_no
            order by day_no
        ) as next_date,
        lead(observed_no) over (
            partition by member_no
            order by day_no
        ) as next_observed_no,
        count(*) over (
            partition by member_no
            order by day_no
            range between 27 preceding and current row
        ) as active_days_28
    from numbered

)

select
    followed.scope,
    followed.member_no,
    followed.role,
    followed.first_date,
    followed.local_date,
    followed.day_no,
    followed.observed_no,
    followed.next_date,
    followed.next_observed_no,
    followed.active_days_28,
    departures.departure,
    departures.departed_on,
    clock.observed_no as departed_observed_no,
    departures.undone_on
from followed
left join departures
    on
        followed.member_no = departures.member_no
        and followed.local_date = departures.after_date
        and followed.as_of_date >= departures.departed_on
left join clock
    on departures.scope = clock.scope and departures.departed_on = clock.local_date
