with reactions as (

    select * from {{ source('raw_files', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, message_id, account_id, kind
            order by coalesce(stated_at, observed_at) desc, {{ newest_first() }}
        ) as version_rank
    from reactions

)

select
    source,
    'files' as platform,
    message_id,
    account_id,
    kind,
    occurred_at,
    coalesce(is_removed, false) as is_removed,
    coalesce(stated_at, observed_at) as observed_at
from versions
where version_rank = 1
