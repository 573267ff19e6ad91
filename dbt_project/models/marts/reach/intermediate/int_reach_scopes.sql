{{ config(schema='intermediate') }}
-- whose graphs each scope shows: its own, or, where 'all' is a single source, that source's, so that nothing is computed twice
with scopes as (

    select * from {{ ref('int_scopes') }}

),

sized as (

    select
        scope,
        min(source) as first_source,
        count(*) as sources_count,
        max(scope_as_of) as as_of
    from scopes
    group by scope

)

select
    scope,
    case when sources_count = 1 then first_source else scope end as graph_scope,
    as_of
from sized
