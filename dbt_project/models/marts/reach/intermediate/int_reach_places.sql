{{ config(schema='intermediate') }}
-- how each member's acts, given and received, spread over channels and sources: participation coefficient, 1 - sum of squared shares
with days as (

    select * from {{ ref('int_reach_channel_days') }}

),

authors as (

    select * from {{ ref('int_reach_authors') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where origin is null

),

placed as (

    select
        graphs.graph_id,
        days.member_no,
        days.source,
        days.channel_key,
        days.acts_count
    from days
    inner join graphs
        on
            days.scope = graphs.scope
            and days.acted_date between graphs.first_date and graphs.last_date
            and (graphs.population = 'everyone' or days.is_among_members)
    union all
    select
        authors.graph_id,
        authors.member_no,
        authors.source,
        authors.channel_key,
        0 as acts_count
    from authors
    inner join graphs
        on authors.graph_id = graphs.graph_id

),

channels as (

    select
        graph_id,
        member_no,
        source,
        channel_key,
        sum(acts_count) as acts,
        sum(case when channel_key is not null then acts_count else 0 end) as placed_acts
    from placed
    group by graph_id, member_no, source, channel_key

),

sources as (

    select
        graph_id,
        member_no,
        source,
        sum(acts) as acts,
        sum(placed_acts) as placed_acts,
        sum(placed_acts * placed_acts) as squares,
        count(channel_key) as channels_count
    from channels
    group by graph_id, member_no, source

)

select
    graph_id,
    member_no,
    count(*) as sources_count,
    cast(sum(channels_count) as bigint) as channels_count,
    1 - cast(sum(squares) as double) / nullif(cast(sum(placed_acts) as double) * sum(placed_acts), 0) as bridge,
    1 - cast(sum(acts * acts) as double) / nullif(cast(sum(acts) as double) * sum(acts), 0) as bridge_sources
from sources
group by graph_id, member_no
