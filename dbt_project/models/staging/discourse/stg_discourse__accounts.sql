with accounts as (

    select * from {{ source('raw_discourse', 'accounts') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by {{ newest_first() }}
        ) as version_rank
    from accounts

)

select
    versions.source,
    'discourse' as platform,
    cast(versions.id as varchar) as account_id,
    versions.username as handle,
    coalesce(nullif(versions.name, ''), versions.username) as display_name,
    rtrim(sources.base_url, '/') || '/u/' || versions.username as url,
    versions.created_at,
    false as is_bot,
    coalesce(versions.admin or versions.moderator, false) as is_staff,
    versions.id < 0 as is_system,
    coalesce(versions.is_deleted, false) as is_deleted,
    cast(null as varchar) as email_hash,
    versions.observed_at
from versions
left join sources
    on versions.source = sources.source
where versions.version_rank = 1
