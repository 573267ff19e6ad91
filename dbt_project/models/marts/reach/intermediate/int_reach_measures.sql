{{ config(schema='intermediate') }}
-- all that is measured of each member in each window; reposts per message are shrunk toward the graph's own rate, as if each
-- member had written so many more messages with that rate
{%- set prior = var('reach_amplification_prior', 20) %}
with degrees as (

    select * from {{ ref('int_reach_degrees') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is null

),

two_hops as (

    select * from {{ ref('int_reach_two_hops') }}

),

received as (

    select * from {{ ref('int_reach_received') }}

),

written as (

    select * from {{ ref('int_reach_views') }}

),

pageranks as (

    select * from {{ ref('int_reach_pageranks') }}

),

k_cores as (

    select * from {{ ref('int_reach_k_cores') }}

),

rates as (

    select
        written.graph_id,
        cast(sum(coalesce(received.reposts_received, 0)) as double) / sum(written.messages_count) as reposts_rate
    from written
    left join received
        on written.graph_id = received.graph_id and written.member_no = received.member_no
    group by written.graph_id

)

select
    degrees.graph_id,
    degrees.member_no,
    degrees.node,
    degrees.reach,
    degrees.reach_out,
    degrees.mutual_count,
    degrees.reach_place,
    two_hops.reach_2hop,
    pageranks.pagerank,
    coalesce(k_cores.k_core, 0) as k_core,
    coalesce(written.messages_count, 0) as messages_count,
    coalesce(received.replies_received, 0) as replies_received,
    coalesce(received.mentions_received, 0) as mentions_received,
    coalesce(received.reactions_received, 0) as reactions_received,
    coalesce(received.reposts_received, 0) as reposts_received,
    case
        when written.messages_count > 0
            then (coalesce(received.reposts_received, 0) + {{ prior }} * rates.reposts_rate) / (written.messages_count + {{ prior }})
    end as amplification,
    written.impressions,
    written.impressions_messages_count,
    written.impressions_source
from degrees
inner join graphs
    on degrees.graph_id = graphs.graph_id
inner join pageranks
    on degrees.node = pageranks.node
left join two_hops
    on degrees.node = two_hops.node
left join received
    on degrees.graph_id = received.graph_id and degrees.member_no = received.member_no
left join written
    on degrees.graph_id = written.graph_id and degrees.member_no = written.member_no
left join k_cores
    on degrees.node = k_cores.node
left join rates
    on degrees.graph_id = rates.graph_id
