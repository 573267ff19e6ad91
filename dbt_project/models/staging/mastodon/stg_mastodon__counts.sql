-- every version: the history of a number is the number
with counts as (

    select * from {{ source('raw_mastodon', 'counts') }}

)

select
    source,
    'mastodon' as platform,
    scope,
    id,
    case when metric = 'favourites' then 'reaction:favourite' else metric end as metric,
    value,
    observed_at,
    row_number() over (
        partition by source, scope, id, metric
        order by {{ newest_first() }}
    ) as version_rank
from counts
