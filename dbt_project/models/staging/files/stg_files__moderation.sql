with moderation as (

    select * from {{ source('raw_files', 'moderation') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, action, actor_id, target_account_id, target_message_id, occurred_at
            order by {{ newest_first() }}
        ) as version_rank
    from moderation

)

select
    source,
    'files' as platform,
    {{ composite_key([
        'action', 'actor_id', 'target_account_id', 'target_message_id', 'occurred_at'
    ]) }} as moderation_id,
    action,
    actor_id,
    target_account_id,
    target_message_id,
    occurred_at,
    reason
from versions
where version_rank = 1
