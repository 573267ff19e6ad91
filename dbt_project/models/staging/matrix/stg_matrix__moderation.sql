-- a redaction by the author is a deletion, by another it is a removal; of what was never seen neither can be said
with moderation as (

    select * from {{ source('raw_matrix', 'moderation') }}

),

messages as (

    select * from {{ source('raw_matrix', 'messages') }}

),

reactions as (

    select * from {{ source('raw_matrix', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, event_id
            order by {{ newest_first() }}
        ) as version_rank
    from moderation

),

authored as (

    select
        source,
        event_id,
        sender,
        case when rel_type = 'm.replace' then relates_to else event_id end as message_id
    from messages
    where sender is not null
    union all
    select
        source,
        event_id,
        sender,
        cast(null as varchar) as message_id
    from reactions
    where sender is not null

),

-- what a redacted edit rewrote is known only from the version seen before
targets as (

    select
        source,
        event_id,
        max(sender) as sender,
        max(message_id) as message_id
    from authored
    group by source, event_id

)

select
    versions.source,
    'matrix' as platform,
    versions.event_id as moderation_id,
    case when versions.action = 'redaction' then 'removal' else versions.action end as action,
    versions.sender as actor_id,
    coalesce(versions.target_user, targets.sender) as target_account_id,
    targets.message_id as target_message_id,
    versions.occurred_at,
    versions.reason
from versions
left join targets
    on versions.source = targets.source and versions.redacts = targets.event_id
where
    versions.version_rank = 1
    and (versions.action <> 'redaction' or (targets.sender is not null and targets.sender <> versions.sender))
