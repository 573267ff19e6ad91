-- silences as known at the start of each quarter, by length in observed days: how many ended in an act, how many were still open
{%- set longest = 455 %}
with gaps as (

    select * from {{ ref('int_churn_gaps') }}
    where role = 'member'

),

clock as (

    select
        scope,
        local_date,
        lag(observed_no) over (
            partition by scope
            order by local_date
        ) as known_no
    from {{ ref('int_churn_clock') }}

),

quarters as (

    select
        scope,
        local_date as computed_on,
        known_no
    from clock
    where
        extract(day from local_date) = 1
        and extract(month from local_date) in (1, 4, 7, 10)
        and known_no is not null

),

pairs as (

    select
        scope,
        observed_no,
        local_date,
        next_date,
        next_observed_no,
        departed_on,
        departed_observed_no,
        count(*) as silences
    from gaps
    group by scope, observed_no, local_date, next_date, next_observed_no, departed_on, departed_observed_no

),

-- an ended silence is known from the first quarter that begins after the act that ended it
ended_in as (

    select
        scope,
        least(next_observed_no - observed_no, {{ longest + 1 }}) as days,
        cast(date_trunc('quarter', next_date) as date) as ended_quarter,
        sum(silences) as silences
    from pairs
    where next_date is not null
    group by scope, least(next_observed_no - observed_no, {{ longest + 1 }}), cast(date_trunc('quarter', next_date) as date)

),

-- an open one has been heard to its last whole day, or until the member left
lengths as (

    select
        quarters.scope,
        quarters.computed_on,
        ended_in.days,
        case when ended_in.days <= {{ longest }} then ended_in.silences else 0 end as ended,
        ended_in.silences
    from quarters
    inner join ended_in
        on quarters.scope = ended_in.scope and quarters.computed_on > ended_in.ended_quarter
    union all
    select
        quarters.scope,
        quarters.computed_on,
        case
            when pairs.departed_on < quarters.computed_on
                then least(pairs.departed_observed_no - pairs.observed_no, {{ longest + 1 }})
            else least(quarters.known_no - pairs.observed_no, {{ longest + 1 }})
        end as days,
        0 as ended,
        pairs.silences
    from quarters
    inner join pairs
        on
            quarters.scope = pairs.scope
            and quarters.computed_on > pairs.local_date
            and (quarters.computed_on <= pairs.next_date or pairs.next_date is null)

)

select
    scope,
    computed_on,
    days,
    cast(sum(ended) as bigint) as ended,
    cast(sum(silences) as bigint) as silences
from lengths
where days >= 1
group by scope, computed_on, days
