with reactions as (

    select * from {{ source('raw_mastodon', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, message_id, account_id, kind
            order by {{ newest_first() }}
        ) as version_rank
    from reactions

)

select
    source,
    'mastodon' as platform,
    message_id,
    account_id,
    kind,
    cast(null as timestamp) as occurred_at,
    coalesce(is_removed, false) as is_removed,
    observed_at
from versions
where version_rank = 1
