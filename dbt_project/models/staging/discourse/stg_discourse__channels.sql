with channels as (

    select * from {{ source('raw_discourse', 'channels') }}

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
    'discourse' as platform,
    cast(id as varchar) as channel_id,
    name,
    'category' as kind,
    cast(parent_category_id as varchar) as parent_id,
    coalesce(read_restricted, false) as is_private
from versions
where version_rank = 1
