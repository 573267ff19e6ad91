with accounts as (

    select * from {{ source('raw_mastodon', 'accounts') }}

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

),

badges as (

    select
        source,
        id,
        {{ explode('roles') }} as role
    from versions
    where version_rank = 1

),

-- a server shows the roles it wants seen; only these say that somebody keeps order
staff as (

    select distinct
        source,
        id
    from badges
    where lower(role) in ('owner', 'admin', 'administrator', 'moderator')

)

select
    versions.source,
    'mastodon' as platform,
    versions.id as account_id,
    versions.acct as handle,
    coalesce(nullif(versions.display_name, ''), versions.acct) as display_name,
    rtrim(sources.base_url, '/') || '/@' || versions.acct as url,
    versions.created_at,
    coalesce(versions.bot, false) as is_bot,
    staff.id is not null as is_staff,
    false as is_system,
    coalesce(versions.suspended, false) as is_deleted,
    cast(null as varchar) as email_hash,
    versions.links,
    versions.observed_at
from versions
left join sources
    on versions.source = sources.source
left join staff
    on versions.source = staff.source and versions.id = staff.id
where versions.version_rank = 1
