-- lives: a spell from its first act to a leave, a ban, or the last act before a silence longer than the scope's own;
-- cut at as_of − W, after which nobody can be told from one who will be back
with gaps as (

    select * from {{ ref('int_churn_gaps') }}

),

windows as (

    select * from {{ ref('int_churn_windows') }}

),

judged as (

    select
        gaps.scope,
        gaps.member_no,
        gaps.role,
        gaps.first_date,
        gaps.local_date,
        gaps.next_date,
        windows.cut_date,
        case
            -- who leaves after having fallen silent had gone before
            when gaps.departed_observed_no - gaps.observed_no <= windows.silence_days then gaps.departure
            when coalesce(gaps.next_observed_no, windows.last_observed_no) - gaps.observed_no > windows.silence_days then 'silent'
            else 'ongoing'
        end as end_kind,
        gaps.departed_on
    from gaps
    inner join windows
        on gaps.scope = windows.scope

),

ends as (

    select
        *,
        lag(next_date) over (
            partition by member_no
            order by local_date
        ) as resumed_on,
        row_number() over (
            partition by member_no
            order by local_date
        ) as spell_no
    from judged
    where end_kind <> 'ongoing' or next_date is null

),

spells as (

    select
        scope,
        member_no,
        role,
        spell_no,
        coalesce(resumed_on, first_date) as started_on,
        local_date as last_active_date,
        end_kind,
        cut_date,
        case when end_kind in ('left', 'banned') then departed_on when end_kind = 'silent' then local_date end as ended_on
    from ends

)

select
    scope,
    member_no,
    role,
    spell_no,
    started_on,
    last_active_date,
    ended_on,
    end_kind,
    coalesce(ended_on <= cut_date, false) as is_churned,
    least(ended_on, cut_date) as known_until,
    -- NULL: began after the cut, nothing is known yet
    case when started_on <= cut_date then {{ days_between('started_on', 'least(ended_on, cut_date)') }} end as duration_days
from spells
