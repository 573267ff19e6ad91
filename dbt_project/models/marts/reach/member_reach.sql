-- NULL where more of the window is uncovered than may be
with measures as (

    select * from {{ ref('int_reach_measures') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}

),

scopes as (

    select * from {{ ref('int_reach_scopes') }}

),

kinds as (

    select * from {{ ref('int_reach_kinds') }}

),

people as (

    select * from {{ ref('int_reach_people') }}

),

places as (

    select * from {{ ref('int_reach_places') }}

),

bands as (

    select * from {{ ref('int_reach_bands') }}

)

select
    scopes.scope,
    graphs.population,
    graphs.window_name as {{ reach_window() }},
    people.member_key,
    graphs.is_complete,
    {{ reach_known('measures.reach') }} as reach,
    {{ reach_known('measures.reach_out') }} as reach_out,
    {{ reach_known('measures.reach_2hop') }} as reach_2hop,
    {{ reach_known('measures.reach + measures.reach_out - measures.mutual_count') }} as neighbours_count,
    {{ reach_known('measures.mutual_count') }} as mutual_count,
    {{ reach_known('2e0 * measures.mutual_count / nullif(measures.reach + measures.reach_out, 0)') }} as reciprocity,
    {{ reach_known('measures.messages_count') }} as messages_count,
    {{ reach_known('measures.replies_received') }} as replies_received,
    {{ reach_known('measures.mentions_received') }} as mentions_received,
    {{ reach_known('case when kinds.has_reactions then measures.reactions_received end') }} as reactions_received,
    {{ reach_known('case when kinds.has_reposts then measures.reposts_received end') }} as reposts_received,
    {{ reach_known('case when kinds.has_reposts then measures.amplification end') }} as amplification,
    {{ reach_known('measures.impressions') }} as impressions,
    {{ reach_known('measures.impressions_source') }} as impressions_source,
    {{ reach_known('measures.impressions_messages_count') }} as impressions_messages_count,
    {{ reach_known('measures.pagerank') }} as pagerank,
    {{ reach_known('measures.k_core') }} as k_core,
    {{ reach_known('places.sources_count') }} as sources_count,
    {{ reach_known('places.channels_count') }} as channels_count,
    {{ reach_known('places.bridge') }} as bridge,
    {{ reach_known('places.bridge_sources') }} as bridge_sources,
    cast({{ reach_band('measures.reach_place', 'measures.reach') }} as integer) as rank_band,
    bands.ranking as best_ranking,
    cast({{ reach_band('bands.place', 'bands.score') }} as integer) as best_band
from measures
inner join graphs
    on measures.graph_id = graphs.graph_id
inner join scopes
    on graphs.scope = scopes.graph_scope
inner join kinds
    on scopes.scope = kinds.scope
inner join people
    on measures.member_no = people.member_no
inner join bands
    on measures.node = bands.node
left join places
    on measures.graph_id = places.graph_id and measures.member_no = places.member_no
