-- every version: the history of a number is the number
with counts as (

    select * from {{ source('raw_discourse', 'counts') }}

)

select
    source,
    'discourse' as platform,
    scope,
    id,
    case when metric = 'likes' then 'reaction:like' else metric end as metric,
    value,
    observed_at,
    row_number() over (
        partition by source, scope, id, metric
        order by {{ newest_first() }}
    ) as version_rank
from counts
