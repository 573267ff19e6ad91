-- the export names who reacted, never when
with reactions as (

    select * from {{ source('raw_slack_export', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, channel_id, ts, name, reactions.user
            order by {{ newest_first() }}
        ) as version_rank
    from reactions

)

select
    source,
    'slack_export' as platform,
    channel_id || '/' || ts as message_id,
    versions.user as account_id,
    name as kind,
    cast(null as timestamp) as occurred_at,
    coalesce(is_removed, false) as is_removed,
    observed_at
from versions
where version_rank = 1
