-- every version: the history of a number is the number
with counts as (

    select
        *,
        coalesce(stated_at, observed_at) as said_at
    from {{ source('raw_files', 'counts') }}

)

select
    source,
    'files' as platform,
    scope,
    id,
    metric,
    value,
    said_at as observed_at,
    row_number() over (
        partition by source, scope, id, metric
        order by said_at desc, {{ newest_first() }}
    ) as version_rank
from counts
