with memberships as (

    select * from {{ source('raw_telegram_export', 'memberships') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, chat_id, message_id, position
            order by {{ newest_first() }}
        ) as version_rank
    from memberships

)

-- one notice may tell the same of the same person twice
select distinct
    source,
    'telegram_export' as platform,
    account_id,
    scope,
    case when scope = 'community' then '' else chat_id end as scope_id,
    event,
    occurred_at,
    cast(null as timestamp) as occurred_after,
    true as is_exact
from versions
where version_rank = 1
