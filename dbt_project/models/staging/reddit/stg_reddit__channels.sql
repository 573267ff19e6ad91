with channels as (

    select * from {{ source('raw_reddit', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, display_name
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    'reddit' as platform,
    display_name as channel_id,
    coalesce(nullif(title, ''), display_name) as name,
    'subreddit' as kind,
    cast(null as varchar) as parent_id,
    coalesce(subreddit_type, 'public') not in ('public', 'restricted', 'archived') as is_private
from versions
where version_rank = 1
