{{ config(schema='intermediate', materialized='reach_loop', loop='k_core') }}
-- all graphs in one loop: macros/reach_k_core.sql
select
    from_node,
    to_node
from {{ ref('int_reach_edges') }}
