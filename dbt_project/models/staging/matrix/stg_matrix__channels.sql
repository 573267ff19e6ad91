with channels as (

    select * from {{ source('raw_matrix', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, room_id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    'matrix' as platform,
    room_id as channel_id,
    coalesce(nullif(name, ''), canonical_alias, room_id) as name,
    case when room_type = 'm.space' then 'space' else 'room' end as kind,
    nullif(parent, room_id) as parent_id,
    coalesce(join_rule, 'invite') <> 'public' as is_private
from versions
where version_rank = 1
