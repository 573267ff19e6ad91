{{ config(schema='intermediate') }}
-- what came true: distinct members who answered each node of a test graph in the horizon from its origin on
with acts as (

    select * from {{ ref('int_reach_acts') }}
    where occurred_at is not null and is_among_members and kind in ('reply', 'thread_reply')

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is not null

),

nodes as (

    select * from {{ ref('int_reach_nodes') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

answers as (

    select
        graphs.graph_id,
        acts.to_no,
        count(distinct acts.from_no) as answerers
    from acts
    inner join scopes
        on acts.source = scopes.source
    inner join graphs
        on
            scopes.scope = graphs.scope
            and acts.acted_date >= graphs.origin
            and acts.acted_date < {{ add_days('graphs.origin', var('reach_horizon_days', 30)) }}
    group by graphs.graph_id, acts.to_no

)

select
    graphs.graph_id,
    graphs.scope,
    graphs.origin,
    nodes.node,
    nodes.member_no,
    coalesce(answers.answerers, 0) as answerers
from graphs
inner join nodes
    on graphs.graph_id = nodes.graph_id
left join answers
    on nodes.graph_id = answers.graph_id and nodes.member_no = answers.to_no
