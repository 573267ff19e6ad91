{{ config(schema='intermediate', materialized='reach_loop', loop='cover') }}
-- whom to ask first, in the window key_people speaks of: macros/reach_cover.sql
select
    edges.graph_id,
    edges.from_node,
    edges.to_node
from {{ ref('int_reach_edges') }} as edges
inner join {{ ref('int_reach_graphs') }} as graphs
    on edges.graph_id = graphs.graph_id
where graphs.origin is null and graphs.window_name = '{{ reach_key_window() }}'
