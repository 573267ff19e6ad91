{{ config(schema='intermediate') }}
-- how many each node hears from and speaks to, and its place by distinct reach (ties by key)
with nodes as (

    select * from {{ ref('int_reach_nodes') }}

),

edges as (

    select * from {{ ref('int_reach_edges') }}

),

heard as (

    select
        to_node as node,
        count(*) as reach
    from edges
    group by to_node

),

spoken as (

    select
        edges.from_node as node,
        count(*) as reach_out,
        count(back.from_node) as mutual_count
    from edges
    left join edges as back
        on edges.from_node = back.to_node and edges.to_node = back.from_node
    group by edges.from_node

),

degrees as (

    select
        nodes.graph_id,
        nodes.member_no,
        nodes.node,
        coalesce(heard.reach, 0) as reach,
        coalesce(spoken.reach_out, 0) as reach_out,
        coalesce(spoken.mutual_count, 0) as mutual_count
    from nodes
    left join heard
        on nodes.node = heard.node
    left join spoken
        on nodes.node = spoken.node

)

select
    *,
    row_number() over (
        partition by graph_id
        order by reach desc, node asc
    ) as reach_place
from degrees
