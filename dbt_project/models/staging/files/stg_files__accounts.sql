with accounts as (

    select * from {{ source('raw_files', 'accounts') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, account_id
            order by coalesce(stated_at, observed_at) desc, {{ newest_first() }}
        ) as version_rank
    from accounts

)

select
    source,
    'files' as platform,
    account_id,
    handle,
    coalesce(nullif(display_name, ''), handle) as display_name,
    url,
    created_at,
    coalesce(is_bot, false) as is_bot,
    coalesce(is_staff, false) as is_staff,
    false as is_system,
    coalesce(is_deleted, false) as is_deleted,
    email_hash,
    links,
    coalesce(stated_at, observed_at) as observed_at
from versions
where version_rank = 1
