with channels as (

    select * from {{ source('raw_slack_export', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    'slack_export' as platform,
    id as channel_id,
    name,
    'channel' as kind,
    cast(null as varchar) as parent_id,
    coalesce(is_private, false) as is_private
from versions
where version_rank = 1
