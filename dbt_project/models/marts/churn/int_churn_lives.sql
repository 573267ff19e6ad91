-- lives by stratum: all spells; first spells by the quarter they began in; first messages by whether they were answered within a day,
-- and by what they were
with spells as (

    select * from {{ ref('int_churn_spells') }}

),

answers as (

    select * from {{ ref('int_churn_answers') }}

),

member_days as (

    select * from {{ ref('fct_member_days') }}

),

-- the landmark: only who is still at risk 24 hours after the first message is compared, from then on
landed as (

    select
        spells.scope,
        spells.role,
        case when answers.is_answered then 'answered_24h' else 'unanswered_24h' end as stratum,
        answers.began_with,
        {{ days_between(add_days('answers.first_message_date', 1), 'spells.known_until') }} as duration_days,
        spells.is_churned
    from answers
    inner join spells
        on
            answers.member_no = spells.member_no
            and answers.first_message_date >= spells.started_on
            and answers.first_message_date <= spells.last_active_date
    left join member_days
        on
            answers.scope = member_days.scope
            and answers.member_key = member_days.member_key
            and spells.last_active_date = member_days.local_date
    where
        spells.known_until > {{ add_days('answers.first_message_date', 1) }}
        or (
            spells.known_until = {{ add_days('answers.first_message_date', 1) }}
            and (
                not spells.is_churned
                or spells.ended_on > spells.last_active_date
                or {{ seconds_between('answers.first_message_at', 'member_days.last_at') }} >= 86400
            )
        )

),

strata as (

    select
        scope,
        role,
        'all' as stratum,
        'any' as began_with,
        duration_days,
        is_churned
    from spells
    where duration_days is not null
    union all
    select
        scope,
        role,
        'joined_' || cast(extract(year from started_on) as varchar) || '_q' || cast(extract(quarter from started_on) as varchar) as stratum,
        'any' as began_with,
        duration_days,
        is_churned
    from spells
    where duration_days is not null and spell_no = 1
    union all
    select
        scope,
        role,
        stratum,
        began_with,
        duration_days,
        is_churned
    from landed

)

select
    scope,
    role,
    stratum,
    began_with,
    cast(duration_days as bigint) as duration_days,
    count(*) as lives,
    count(case when is_churned then 1 end) as churned
from strata
group by scope, role, stratum, began_with, duration_days
