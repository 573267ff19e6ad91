-- every version: the history of a number is the number
with counts as (

    select * from {{ source('raw_telegram_export', 'counts') }}

)

select
    source,
    'telegram_export' as platform,
    'message' as scope,
    chat_id || '/' || cast(message_id as varchar) as id,
    metric,
    value,
    observed_at,
    row_number() over (
        partition by source, chat_id, message_id, metric
        order by {{ newest_first() }}
    ) as version_rank
from counts
