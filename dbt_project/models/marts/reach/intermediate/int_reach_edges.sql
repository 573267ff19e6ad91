{{ config(schema='intermediate') }}
-- the graphs as the loops read them; pull is log1p of the weight in units of 2^-36, whole, so that sums are exact in any order
with pairs as (

    select * from {{ ref('int_reach_pairs') }}

),

nodes as (

    select * from {{ ref('int_reach_nodes') }}

)

select
    pairs.graph_id,
    givers.node as from_node,
    receivers.node as to_node,
    cast(round(ln(1 + pairs.weight) * 68719476736e0) as bigint) as pull
from pairs
inner join nodes as givers
    on pairs.graph_id = givers.graph_id and pairs.from_no = givers.member_no
inner join nodes as receivers
    on pairs.graph_id = receivers.graph_id and pairs.to_no = receivers.member_no
-- neighbours in the table are neighbours in memory: the loops run a third faster
order by receivers.node, givers.node
