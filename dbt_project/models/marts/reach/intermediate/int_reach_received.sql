{{ config(schema='intermediate') }}
-- acts toward each member of a graph, by kind
with pairs as (

    select * from {{ ref('int_reach_pairs') }}

)

select
    graph_id,
    to_no as member_no,
    cast(sum(replies_count + thread_replies_count) as bigint) as replies_received,
    cast(sum(mentions_count) as bigint) as mentions_received,
    cast(sum(reactions_count) as bigint) as reactions_received,
    cast(sum(reposts_count) as bigint) as reposts_received
from pairs
group by graph_id, to_no
