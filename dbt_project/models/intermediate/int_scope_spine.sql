-- every local day of a scope, with the instants between which it lies
with scopes as (

    select * from {{ ref('int_scopes') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

spine as (

    select
        scopes.scope,
        settings.time_zone,
        min(scopes.scope_as_of) as scope_as_of,
        {{ local_date('min(scopes.scope_from)', 'settings.time_zone') }} as first_date,
        {{ local_date('min(scopes.scope_as_of)', 'settings.time_zone') }} as last_date
    from scopes
    cross join settings
    group by scopes.scope, settings.time_zone

),

days as (

    select
        scope,
        time_zone,
        scope_as_of,
        {{ each_day('first_date', 'last_date') }} as local_date
    from spine

)

select
    scope,
    local_date,
    scope_as_of,
    {{ day_start('local_date', 'time_zone') }} as starts_at,
    {{ day_start(add_days('local_date', 1), 'time_zone') }} as ends_at
from days
