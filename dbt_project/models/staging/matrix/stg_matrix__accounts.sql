with accounts as (

    select * from {{ source('raw_matrix', 'accounts') }}

),

channels as (

    select * from {{ source('raw_matrix', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, user_id
            order by {{ newest_first() }}
        ) as version_rank
    from accounts

),

rooms as (

    select
        *,
        row_number() over (
            partition by source, room_id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

),

powerful as (

    select
        source,
        {{ explode('moderators') }} as user_id
    from rooms
    where version_rank = 1

),

-- who may kick, ban or redact in any room
moderators as (

    select distinct
        source,
        user_id
    from powerful

)

select
    versions.source,
    'matrix' as platform,
    versions.user_id as account_id,
    versions.user_id as handle,
    coalesce(nullif(versions.displayname, ''), versions.user_id) as display_name,
    'https://matrix.to/#/' || versions.user_id as url,
    cast(null as timestamp) as created_at,
    false as is_bot,
    moderators.user_id is not null as is_staff,
    false as is_system,
    false as is_deleted,
    cast(null as varchar) as email_hash,
    versions.observed_at
from versions
left join moderators
    on versions.source = moderators.source and versions.user_id = moderators.user_id
where versions.version_rank = 1
