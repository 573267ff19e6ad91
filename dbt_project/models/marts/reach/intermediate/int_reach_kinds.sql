{{ config(schema='intermediate') }}
-- which acts a scope's platforms tell at all: where they tell none, a count of them is unknown, not 0
with acts as (

    select * from {{ ref('int_reach_acts') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

)

select
    scopes.scope,
    count(case when acts.kind = 'reaction' then 1 end) > 0 as has_reactions,
    count(case when acts.kind = 'repost' then 1 end) > 0 as has_reposts
from scopes
left join acts
    on scopes.source = acts.source
group by scopes.scope
