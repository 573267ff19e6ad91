with accounts as (

    select * from {{ source('raw_reddit', 'accounts') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, author
            order by {{ newest_first() }}
        ) as version_rank
    from accounts

)

select
    source,
    'reddit' as platform,
    author as account_id,
    author as handle,
    author as display_name,
    'https://www.reddit.com/user/' || author as url,
    cast(null as timestamp) as created_at,
    author = 'AutoModerator' as is_bot,
    coalesce(is_moderator, false) as is_staff,
    false as is_system,
    false as is_deleted,
    cast(null as varchar) as email_hash,
    observed_at
from versions
where version_rank = 1
