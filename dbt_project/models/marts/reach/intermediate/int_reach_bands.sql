{{ config(schema='intermediate') }}
-- each member's place by the ranking that predicts best in the scope; by distinct reach where none was tested yet
with measures as (

    select * from {{ ref('int_reach_measures') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}

),

winners as (

    select distinct
        scope,
        ranking
    from {{ ref('reach_backtest') }}
    where is_winner

),

scored as (

    select
        measures.graph_id,
        measures.node,
        coalesce(winners.ranking, 'reach') as ranking,
        {{ reach_ranking_score('winners.ranking', 'measures') }} as score
    from measures
    inner join graphs
        on measures.graph_id = graphs.graph_id
    left join winners
        on graphs.scope = winners.scope

)

select
    graph_id,
    node,
    ranking,
    score,
    row_number() over (
        partition by graph_id
        order by score desc, node asc
    ) as place
from scored
