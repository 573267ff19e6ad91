-- the sources each scope speaks of: a source alone, or all of ours together
with sources as (

    select * from {{ ref('int_sources') }}
    -- a source of which nothing was ever observed cannot be spoken of, nor silence the others
    where role = 'own' and as_of is not null and observed_from is not null

),

scoped as (

    select
        source as scope,
        *
    from sources
    union all
    select
        'all' as scope,
        *
    from sources

)

select
    scope,
    source,
    observed_from,
    as_of,
    is_live,
    has_dated_reactions,
    min(observed_from) over (partition by scope) as scope_from,
    -- 'all' is known as far as the live source that lags most; without any, as far as the latest export
    coalesce(
        min(case when is_live then as_of end) over (partition by scope),
        max(as_of) over (partition by scope)
    ) as scope_as_of,
    max(case when is_live then 1 else 0 end) over (partition by scope) = 1 as is_scope_live,
    max(case when has_dated_reactions then 1 else 0 end) over (partition by scope) = 1 as scope_has_dated_reactions
from scoped
