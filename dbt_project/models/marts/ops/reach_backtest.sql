-- rankings at an origin against who answers in the days after it
with scores as (

    select * from {{ ref('int_reach_scores') }}

),

scopes as (

    select * from {{ ref('int_reach_scopes') }}

),

ranked as (

    select
        *,
        rank() over (
            partition by graph_id, ranking
            order by score
        ) as score_place,
        rank() over (
            partition by graph_id, ranking
            order by answerers
        ) as answer_place,
        count(*) over (partition by graph_id, ranking, score) as score_equals,
        count(*) over (partition by graph_id, ranking, answerers) as answer_equals,
        count(*) over (partition by graph_id, ranking) as ranked_count
    from scores

),

-- twice the mean rank of equals, centred: whole numbers, exact in any order
centred as (

    select
        *,
        2 * score_place + score_equals - ranked_count - 2 as score_rank,
        2 * answer_place + answer_equals - ranked_count - 2 as answer_rank
    from ranked

),

summed as (

    select
        scope,
        origin,
        ranking,
        count(*) as members_count,
        count(case when answerers > 0 then 1 end) as answered_count,
        cast(sum(score_rank * answer_rank) as double) as together,
        cast(sum(score_rank * score_rank) as double) as score_spread,
        cast(sum(answer_rank * answer_rank) as double) as answer_spread,
        cast(sum(case when answerers > 0 then score_rank end) as double) as answered_ranks
    from centred
    group by scope, origin, ranking

),

measured as (

    select
        *,
        -- whom a ranking does not tell apart it does not rank: no correlation, not an unknown one
        case
            when answer_spread > 0
                then coalesce(together / nullif(sqrt(score_spread * answer_spread), 0), 0)
        end as rank_correlation,
        0.5e0 + answered_ranks / nullif(2e0 * answered_count * (members_count - answered_count), 0) as auc
    from summed

),

averaged as (

    select
        scope,
        ranking,
        cast(sum(cast(rank_correlation as decimal(13, 12))) as double) / count(rank_correlation) as mean_rank_correlation,
        count(rank_correlation) as origins_count
    from measured
    group by scope, ranking

),

placed as (

    select
        *,
        row_number() over (
            partition by scope
            order by
                case when ranking = 'messages' or mean_rank_correlation is null then 1 else 0 end,
                mean_rank_correlation desc,
                {{ reach_ranking_order('ranking') }}
        ) as place
    from averaged

)

select
    scopes.scope,
    measured.origin,
    measured.ranking,
    measured.ranking = 'messages' as is_baseline,
    measured.members_count,
    measured.answered_count,
    {{ rate('measured.answered_count', 'measured.members_count') }} as base_rate,
    measured.auc,
    measured.rank_correlation,
    placed.mean_rank_correlation,
    placed.origins_count,
    placed.place = 1 and placed.mean_rank_correlation > 0 as is_winner
from measured
inner join scopes
    on measured.scope = scopes.graph_scope
inner join placed
    on measured.scope = placed.scope and measured.ranking = placed.ranking
