-- two questions: which k to ask, that most members hear of it; and how much hangs on the k most active
with graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is null and window_name = '{{ reach_key_window() }}'

),

scopes as (

    select * from {{ ref('int_reach_scopes') }}

),

picks as (

    select * from {{ ref('int_reach_covers') }}

),

actives as (

    select * from {{ ref('int_reach_actives') }}

),

nodes as (

    select * from {{ ref('int_reach_nodes') }}

),

people as (

    select * from {{ ref('int_reach_people') }}

),

steps as (

    select * from {{ ref('int_reach_key_steps') }}

)

select
    scopes.scope,
    graphs.population,
    steps.k,
    graphs.window_name as {{ reach_window() }},
    graphs.is_complete,
    {{ reach_known('asked.member_key') }} as ask_member_key,
    {{ reach_known('coalesce(picks.gain, 0)') }} as gained_members,
    {{ reach_known('steps.covered_members') }} as covered_members,
    {{ reach_known('steps.audience_members') }} as audience_members,
    {{ reach_known('busiest.member_key') }} as active_member_key,
    {{ reach_known('steps.touched_count') }} as touched_count,
    {{ reach_known('steps.interactions_count') }} as interactions_count,
    {{ reach_known(rate('steps.touched_count', 'steps.interactions_count')) }} as touched_share,
    {{ reach_known(wilson('steps.touched_count', 'steps.interactions_count', 'lo')) }} as touched_share_lo,
    {{ reach_known(wilson('steps.touched_count', 'steps.interactions_count', 'hi')) }} as touched_share_hi,
    {{ reach_known('steps.only_theirs_count') }} as only_theirs_count,
    {{ reach_known('steps.answered_threads_count') }} as answered_threads_count,
    {{ reach_known(rate('steps.only_theirs_count', 'steps.answered_threads_count')) }} as only_theirs_share,
    {{ reach_known(wilson('steps.only_theirs_count', 'steps.answered_threads_count', 'lo')) }} as only_theirs_share_lo,
    {{ reach_known(wilson('steps.only_theirs_count', 'steps.answered_threads_count', 'hi')) }} as only_theirs_share_hi
from graphs
inner join scopes
    on graphs.scope = scopes.graph_scope
inner join steps
    on graphs.graph_id = steps.graph_id
left join picks
    on steps.graph_id = picks.graph_id and steps.k = picks.k
left join nodes
    on picks.node = nodes.node
left join people as asked
    on nodes.member_no = asked.member_no
left join actives
    on steps.graph_id = actives.graph_id and steps.k = actives.place
left join people as busiest
    on actives.member_no = busiest.member_no
