-- what may be said of each day of a scope, and of the windows that end on it
{%- set week = 7 * 86400 %}
{%- set month = 28 * 86400 %}
with days as (

    select * from {{ ref('int_scope_days') }}

),

scopes as (

    select
        scope,
        max(case when is_scope_live then 1 else 0 end) = 1 as is_live,
        max(case when scope_has_dated_reactions then 1 else 0 end) = 1 as has_dated_reactions
    from {{ ref('int_scopes') }}
    group by scope

),

windows as (

    select
        scope,
        local_date,
        uncovered_seconds,
        sum(uncovered_seconds) over (
            partition by scope
            order by local_date
            rows between 6 preceding and current row
        ) as uncovered_7,
        sum(uncovered_seconds) over (
            partition by scope
            order by local_date
            rows between 27 preceding and current row
        ) as uncovered_28,
        max(local_date) over (partition by scope) as last_date
    from days

)

-- less than a second is the rounding of clocks
select
    windows.scope,
    windows.local_date,
    windows.uncovered_seconds,
    windows.uncovered_seconds < 1 as is_complete,
    windows.uncovered_7 < 1 as is_wau_complete,
    windows.uncovered_28 < 1 as is_mau_complete,
    windows.uncovered_7 <= {{ var('max_uncovered_share') }} * {{ week }} as is_wau_known,
    windows.uncovered_28 <= {{ var('max_uncovered_share') }} * {{ month }} as is_mau_known,
    scopes.is_live and windows.local_date > {{ add_days('windows.last_date', '-' ~ var('provisional_days')) }} as is_provisional,
    scopes.has_dated_reactions
from windows
inner join scopes
    on windows.scope = scopes.scope
