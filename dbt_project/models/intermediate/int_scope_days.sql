-- every local day of a scope, with the time of it that was not observed
with scopes as (

    select * from {{ ref('int_scopes') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}
    where reason is null

),

instants as (

    select * from {{ ref('int_scope_spine') }}

),

-- what each source owes of a day: from when it began, to the scope's as-of; an export owes nothing after its end.
-- acts are messages and, where a source dates them, reactions: both streams are owed
owed as (

    select
        instants.scope,
        instants.local_date,
        scopes.source,
        streams.stream,
        greatest(instants.starts_at, scopes.observed_from) as owed_from,
        least(instants.ends_at, scopes.as_of, scopes.scope_as_of) as owed_to
    from instants
    inner join scopes
        on instants.scope = scopes.scope
    inner join (
        select 'messages' as stream
        union all
        select 'reactions' as stream
    ) as streams
        on streams.stream = 'messages' or scopes.has_dated_reactions
    where
        instants.ends_at > scopes.observed_from
        and instants.starts_at < least(scopes.as_of, scopes.scope_as_of)

),

observed as (

    select
        owed.scope,
        owed.local_date,
        owed.source,
        owed.stream,
        {{ seconds_between('min(owed.owed_from)', 'min(owed.owed_to)') }} as owed_seconds,
        -- greatest and least pass over nulls, so that a day without any coverage must be told apart
        sum(case
            when coverage.source is null then 0
            else {{ seconds_between('greatest(owed.owed_from, coverage.observed_from)', 'least(owed.owed_to, coverage.observed_to)') }}
        end) as observed_seconds
    from owed
    left join coverage
        on
            owed.source = coverage.source
            and owed.stream = coverage.stream
            and owed.owed_to > coverage.observed_from
            and owed.owed_from < coverage.observed_to
    group by owed.scope, owed.local_date, owed.source, owed.stream

),

missed as (

    select
        scope,
        local_date,
        sum(owed_seconds - observed_seconds) as missed_seconds
    from observed
    group by scope, local_date

)

select
    instants.scope,
    instants.local_date,
    instants.starts_at,
    instants.ends_at,
    least(
        {{ seconds_between('instants.starts_at', 'instants.ends_at') }},
        coalesce(missed.missed_seconds, 0)
        + greatest(0, {{ seconds_between('greatest(instants.starts_at, instants.scope_as_of)', 'instants.ends_at') }})
    ) as uncovered_seconds
from instants
left join missed
    on instants.scope = missed.scope and instants.local_date = missed.local_date
