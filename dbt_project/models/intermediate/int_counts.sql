with unioned as (
    {{ union_platforms('counts', [
        'source', 'platform', 'scope', 'id', 'metric', 'value', 'observed_at', 'version_rank'
    ]) }}

)

select
    source,
    platform,
    scope,
    id,
    metric,
    value,
    observed_at,
    version_rank
from unioned
