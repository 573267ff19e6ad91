with sources as (

    select * from {{ ref('int_sources') }}

)

select
    source,
    platform,
    role,
    is_live,
    started_at,
    observed_from,
    as_of,
    has_dated_reactions
from sources
