with channels as (

    select * from {{ source('raw_telegram_export', 'channels') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, chat_id
            order by {{ newest_first() }}
        ) as version_rank
    from channels

)

select
    source,
    'telegram_export' as platform,
    chat_id as channel_id,
    coalesce(nullif(name, ''), chat_id) as name,
    case when type like '%channel' then 'channel' else 'group' end as kind,
    cast(null as varchar) as parent_id,
    type not like 'public%' as is_private
from versions
where version_rank = 1
