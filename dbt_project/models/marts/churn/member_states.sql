-- how each person stands at the end of each recent week, by active days in the last 28 and the 28 before
with weeks as (

    select * from {{ ref('int_churn_state_weeks') }}

),

people as (

    select * from {{ ref('int_churn_people') }}

),

days as (

    select * from {{ ref('int_churn_state_days') }}

),

-- everyone who was there by then; without an act only members, not those who were only named
present as (

    select
        weeks.scope,
        people.member_key,
        people.role,
        weeks.week_end,
        weeks.is_known,
        weeks.is_provisional,
        people.joined_on,
        case when people.first_date <= weeks.week_end then people.first_date end as first_date,
        coalesce(days.days_now, 0) as days_now,
        coalesce(days.days_before, 0) as days_before,
        days.last_days_now,
        days.last_days_before,
        {{ days_between('people.first_date', 'days.last_date') }} as last_age_days
    from weeks
    inner join people
        on weeks.scope = people.scope
    left join days
        on people.member_no = days.member_no and weeks.week_no = days.week_no
    where
        people.first_date <= weeks.week_end
        or (people.joined_on <= weeks.week_end and not people.is_gone)

),

judged as (

    select
        *,
        case
            when first_date is null and {{ days_between('joined_on', 'week_end') }} < 28 then 'joined'
            when first_date is null then 'observer'
            when days_now = 0 and days_before > 0 then 'paused'
            when days_now = 0 then 'disengaged'
            else {{ churn_state(days_between('first_date', 'week_end'), 'days_now', 'days_before') }}
        end as state
    from present

)

select
    scope,
    member_key,
    week_end,
    role,
    case when is_known then state end as state,
    -- how they stood on the day of their last act
    case
        when is_known and state in ('paused', 'disengaged')
            then {{ churn_state('last_age_days', 'last_days_now', 'last_days_before') }}
    end as from_state,
    cast(case when is_known then days_now end as bigint) as active_days_28,
    cast(case when is_known then days_before end as bigint) as active_days_28_before,
    is_provisional
from judged
