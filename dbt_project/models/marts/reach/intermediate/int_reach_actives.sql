{{ config(schema='intermediate') }}
-- each member's place by acts (messages written and reactions given; ties by key) in the window key_people speaks of
with nodes as (

    select * from {{ ref('int_reach_nodes') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is null and window_name = '{{ reach_key_window() }}'

),

written as (

    select * from {{ ref('int_reach_views') }}

),

reacted as (

    select
        graph_id,
        from_no as member_no,
        sum(reactions_count) as reactions_count
    from {{ ref('int_reach_pairs') }}
    group by graph_id, from_no

),

acts as (

    select
        nodes.graph_id,
        nodes.member_no,
        nodes.node,
        cast(coalesce(written.messages_count, 0) + coalesce(reacted.reactions_count, 0) as bigint) as acts_count
    from nodes
    inner join graphs
        on nodes.graph_id = graphs.graph_id
    left join written
        on nodes.graph_id = written.graph_id and nodes.member_no = written.member_no
    left join reacted
        on nodes.graph_id = reacted.graph_id and nodes.member_no = reacted.member_no

)

select
    graph_id,
    member_no,
    node,
    acts_count,
    row_number() over (
        partition by graph_id
        order by acts_count desc, node asc
    ) as place
from acts
