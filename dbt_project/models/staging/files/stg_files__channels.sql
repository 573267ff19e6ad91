with channels as (

    select * from {{ source('raw_files', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, channel_id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    'files' as platform,
    channel_id,
    name,
    coalesce(kind, 'channel') as kind,
    parent_id,
    coalesce(is_private, false) as is_private
from versions
where version_rank = 1
