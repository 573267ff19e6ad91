-- PageRank is a share of the scope, population and window
select
    scope,
    population,
    member_reach.window,
    sum(pagerank) as total
from {{ ref('member_reach') }} as member_reach
group by scope, population, member_reach.window
having abs(sum(pagerank) - 1) > 1e-9
