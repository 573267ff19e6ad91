{{ config(schema='intermediate') }}
-- everyone who stands in a graph: wrote, acted or was acted toward; no two graphs share a node
with pairs as (

    select * from {{ ref('int_reach_pairs') }}

),

authors as (

    select * from {{ ref('int_reach_authors') }}

),

ends as (

    select graph_id, from_no as member_no from pairs
    union
    select graph_id, to_no as member_no from pairs
    union
    select graph_id, member_no from authors

)

select
    graph_id,
    member_no,
    cast(row_number() over (
        order by graph_id, member_no
    ) as integer) as node
from ends
