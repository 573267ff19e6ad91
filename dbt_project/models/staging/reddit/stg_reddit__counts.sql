-- every version: the history of a number is the number
with counts as (

    select * from {{ source('raw_reddit', 'counts') }}

)

select
    source,
    'reddit' as platform,
    scope,
    id,
    metric,
    value,
    observed_at,
    row_number() over (
        partition by source, scope, id, metric
        order by {{ newest_first() }}
    ) as version_rank
from counts
