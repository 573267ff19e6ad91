{{ config(schema='intermediate') }}
-- for the first k of a graph, k from 1 to 20: whom they reach together, and what the k most active touch or alone answer
with graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is null and window_name = '{{ reach_key_window() }}'

),

picks as (

    select * from {{ ref('int_reach_covers') }}

),

hanging as (

    select * from {{ ref('int_reach_hangs_on') }}

),

audiences as (

    select
        graph_id,
        count(case when reach_out > 0 then 1 end) as audience_members
    from {{ ref('int_reach_degrees') }}
    group by graph_id

),

steps as (

    {{ reach_numbers(20) }}

),

covered as (

    select
        graphs.graph_id,
        steps.k,
        coalesce(sum(picks.gain), 0) as covered_members
    from graphs
    cross join steps
    left join picks
        on graphs.graph_id = picks.graph_id and steps.k >= picks.k
    group by graphs.graph_id, steps.k

),

hung as (

    select
        graphs.graph_id,
        steps.k,
        coalesce(sum(case when hanging.place <= steps.k then hanging.acts_count end), 0) as touched_count,
        coalesce(sum(hanging.acts_count), 0) as interactions_count,
        coalesce(sum(case when hanging.place <= steps.k then hanging.threads_count end), 0) as only_theirs_count,
        coalesce(sum(hanging.threads_count), 0) as answered_threads_count
    from graphs
    cross join steps
    left join hanging
        on graphs.graph_id = hanging.graph_id
    group by graphs.graph_id, steps.k

)

select
    covered.graph_id,
    cast(covered.k as integer) as k,
    cast(covered.covered_members as bigint) as covered_members,
    coalesce(audiences.audience_members, 0) as audience_members,
    cast(hung.touched_count as bigint) as touched_count,
    cast(hung.interactions_count as bigint) as interactions_count,
    cast(hung.only_theirs_count as bigint) as only_theirs_count,
    cast(hung.answered_threads_count as bigint) as answered_threads_count
from covered
inner join hung
    on covered.graph_id = hung.graph_id and covered.k = hung.k
left join audiences
    on covered.graph_id = audiences.graph_id
