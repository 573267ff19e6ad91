-- what became of each person, in each source and altogether: left, banned, erased, silent and unknown are different things
with people as (

    select * from {{ ref('int_churn_people') }}

),

clock as (

    select * from {{ ref('int_churn_clock') }}

),

windows as (

    select * from {{ ref('int_churn_windows') }}

),

departures as (

    select * from {{ ref('int_churn_departures') }}

),

-- a silence that was not listened to proves nothing
silences as (

    select
        people.*,
        windows.silence_days,
        windows.cut_date,
        windows.last_observed_no - clock.observed_no as days_silent,
        departures.departed_on
    from people
    inner join windows
        on people.scope = windows.scope
    left join clock
        on people.scope = clock.scope and people.last_date = clock.local_date
    left join departures
        on people.member_no = departures.member_no and people.last_date = departures.after_date

)

select
    scope,
    member_key,
    role,
    case
        when is_erased then 'erased'
        when is_banned then 'banned'
        when is_gone then 'left'
        when days_silent <= silence_days then 'active'
        when days_silent > silence_days then 'silent'
        when joined_on <= cut_date then 'silent'
        else 'unknown'
    end as status,
    case
        when is_erased then 'erased'
        when is_banned then 'banned'
        when is_gone then 'left'
        when days_silent <= 28 then 'active'
        when days_silent > 28 then 'silent'
        when joined_on <= cut_date then 'silent'
        else 'unknown'
    end as status_28,
    joined_on,
    last_date as last_active_date,
    cast(days_silent as bigint) as days_silent,
    case when is_gone then departed_on end as departed_on,
    silence_days
from silences
