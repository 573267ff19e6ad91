{{ config(schema='intermediate', materialized='reach_loop', loop='pagerank') }}
-- all graphs in one loop: macros/reach_pagerank.sql
select
    graph_id,
    from_node,
    to_node,
    pull
from {{ ref('int_reach_edges') }}
union all
select
    graph_id,
    node as from_node,
    cast(null as integer) as to_node,
    cast(null as bigint) as pull
from {{ ref('int_reach_nodes') }}
