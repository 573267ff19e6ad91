-- the headline can be counted by hand: reach of all time is the number of edges toward the member
with edges as (

    select
        scope,
        to_member_key as member_key,
        count(*) as reach
    from {{ ref('interaction_edges') }}
    group by scope, to_member_key

)

select
    member_reach.scope,
    member_reach.member_key,
    member_reach.reach,
    edges.reach as edges
from {{ ref('member_reach') }} as member_reach
left join edges
    on member_reach.scope = edges.scope and member_reach.member_key = edges.member_key
where
    member_reach.window = 'all'
    and member_reach.population = 'everyone'
    and member_reach.reach <> coalesce(edges.reach, 0)
