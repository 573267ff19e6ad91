with reactions as (

    select * from {{ source('raw_telegram_export', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, chat_id, message_id, from_id, kind
            order by {{ newest_first() }}
        ) as version_rank
    from reactions

)

select
    source,
    'telegram_export' as platform,
    chat_id || '/' || cast(message_id as varchar) as message_id,
    from_id as account_id,
    kind,
    occurred_at,
    false as is_removed,
    observed_at
from versions
where version_rank = 1
