{{ config(schema='intermediate') }}
-- every ranking's score of every node of the test graphs; messages is the baseline: who writes much
with outcomes as (

    select * from {{ ref('int_reach_outcomes') }}

),

degrees as (

    select * from {{ ref('int_reach_degrees') }}

),

two_hops as (

    select * from {{ ref('int_reach_two_hops') }}

),

received as (

    select * from {{ ref('int_reach_received') }}

),

pageranks as (

    select * from {{ ref('int_reach_pageranks') }}

),

k_cores as (

    select * from {{ ref('int_reach_k_cores') }}

),

authors as (

    select
        graph_id,
        member_no,
        sum(messages_count) as messages_count
    from {{ ref('int_reach_authors') }}
    group by graph_id, member_no

)

select
    outcomes.graph_id,
    outcomes.scope,
    outcomes.origin,
    outcomes.node,
    outcomes.answerers,
    rankings.ranking,
    cast(
        case rankings.ranking
            when 'reach' then degrees.reach
            when 'reach_out' then degrees.reach_out
            -- not asked of those who are far from the first; their reach is the least it can be
            when 'reach_2hop' then coalesce(two_hops.reach_2hop, degrees.reach)
            when 'replies_received' then coalesce(received.replies_received, 0)
            when 'k_core' then coalesce(k_cores.k_core, 0)
            when 'pagerank' then pageranks.pagerank
            else coalesce(authors.messages_count, 0)
        end as double
    ) as score
from outcomes
inner join degrees
    on outcomes.node = degrees.node
inner join pageranks
    on degrees.node = pageranks.node
left join two_hops
    on degrees.node = two_hops.node
left join received
    on degrees.graph_id = received.graph_id and degrees.member_no = received.member_no
left join k_cores
    on degrees.node = k_cores.node
left join authors
    on degrees.graph_id = authors.graph_id and degrees.member_no = authors.member_no
cross join ({{ reach_ranking_rows() }}) as rankings
