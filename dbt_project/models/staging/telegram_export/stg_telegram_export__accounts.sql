with accounts as (

    select * from {{ source('raw_telegram_export', 'accounts') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, from_id
            order by {{ newest_first() }}
        ) as version_rank
    from accounts

)

select
    source,
    'telegram_export' as platform,
    from_id as account_id,
    coalesce(nullif(name, ''), from_id) as handle,
    coalesce(nullif(name, ''), from_id) as display_name,
    cast(null as varchar) as url,
    cast(null as timestamp) as created_at,
    false as is_bot,
    false as is_staff,
    false as is_system,
    coalesce(is_deleted, false) as is_deleted,
    cast(null as varchar) as email_hash,
    observed_at
from versions
where version_rank = 1
