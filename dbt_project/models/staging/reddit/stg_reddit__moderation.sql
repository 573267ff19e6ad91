-- the log tells of settings, flairs and wiki pages too: only what is done to people and their words is moderation
with moderation as (

    select * from {{ source('raw_reddit', 'moderation') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by {{ newest_first() }}
        ) as version_rank
    from moderation

),

named as (

    select
        *,
        case
            when action in ('removelink', 'removecomment', 'spamlink', 'spamcomment') then 'removal'
            when action in ('approvelink', 'approvecomment') then 'approval'
            when action in ('banuser', 'muteuser') then 'ban'
            when action in ('unbanuser', 'unmuteuser') then 'unban'
            when action = 'lock' then 'lock'
            when action = 'unlock' then 'unlock'
        end as known_action
    from versions
    where version_rank = 1

)

select
    source,
    'reddit' as platform,
    id as moderation_id,
    known_action as action,
    mod as actor_id,
    target_author as target_account_id,
    target_fullname as target_message_id,
    created_utc as occurred_at,
    coalesce(nullif(description, ''), details) as reason
from named
where known_action is not null
