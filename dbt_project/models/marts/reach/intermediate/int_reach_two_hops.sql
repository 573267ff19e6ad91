{{ config(schema='intermediate') }}
-- how many stand within two steps of each node; where that would take too many paths, of the first 200 by reach only
with degrees as (

    select * from {{ ref('int_reach_degrees') }}

),

edges as (

    select * from {{ ref('int_reach_edges') }}

),

paths as (

    select
        graph_id,
        sum(reach * reach_out) as paths
    from degrees
    group by graph_id

),

asked as (

    select degrees.node
    from degrees
    inner join paths
        on degrees.graph_id = paths.graph_id
    where paths.paths <= {{ var('reach_two_hop_paths', 2000000) }} or degrees.reach_place <= 200

),

near as (

    select
        asked.node,
        edges.from_node as other
    from asked
    inner join edges
        on asked.node = edges.to_node

),

around as (

    select node, other from near
    union
    select
        near.node,
        edges.from_node as other
    from near
    inner join edges
        on near.other = edges.to_node

)

select
    asked.node,
    count(around.other) as reach_2hop
from asked
left join around
    on asked.node = around.node and asked.node <> around.other
group by asked.node
