-- the staff log tells of settings, badges and edits too: only what is done to people and their words is moderation;
-- a flag that was judged wrong is an approval besides
with moderation as (

    select * from {{ source('raw_discourse', 'moderation') }}

),

messages as (

    select * from {{ source('raw_discourse', 'messages') }}

),

-- a penalty struck off someone's record did happen
versions as (

    select
        *,
        replace(replace(action_name, 'removed_', ''), '_permanently', '') as act,
        row_number() over (
            partition by source, record, id
            order by {{ newest_first() }}
        ) as version_rank
    from moderation

),

named as (

    select
        *,
        case
            when record = 'flag' then 'flag'
            when act in ('delete_post', 'delete_topic', 'post_rejected') then 'removal'
            when act in ('recover_topic', 'post_approved', 'approve_user') then 'approval'
            -- a silence was called a block once
            when act in ('suspend_user', 'silence_user', 'block_user') then 'ban'
            when act in ('unsuspend_user', 'unsilence_user', 'unblock_user') then 'unban'
            -- the forum's own account deletes those who go by themselves, and those that were never used
            when act = 'delete_user' and acting_user_id > 0 then 'kick'
            when act in ('topic_closed', 'topic_archived', 'post_locked') then 'lock'
            when act in ('topic_opened', 'topic_unarchived', 'post_unlocked') then 'unlock'
        end as known_action
    from versions
    where version_rank = 1

),

posts as (

    select
        source,
        id,
        max(user_id) as user_id
    from messages
    where user_id is not null
    group by source, id

),

-- what is done to a topic is done to the post that opens it
openers as (

    select
        source,
        topic_id,
        min(id) as id
    from messages
    where post_number = 1 and user_id is not null
    group by source, topic_id

),

-- one judgement of several flags is one approval
judged as (

    select
        source,
        post_id,
        reviewed_by_id,
        reviewed_at,
        min(id) as id,
        max(target_user_id) as target_user_id
    from named
    where record = 'flag' and status = 2 and reviewed_at is not null
    group by source, post_id, reviewed_by_id, reviewed_at

)

select
    named.source,
    'discourse' as platform,
    named.record || '-' || named.id as moderation_id,
    named.known_action as action,
    cast(named.acting_user_id as varchar) as actor_id,
    cast(coalesce(named.target_user_id, posts.user_id) as varchar) as target_account_id,
    cast(coalesce(named.post_id, openers.id) as varchar) as target_message_id,
    named.created_at as occurred_at,
    case when named.record = 'flag' then named.action_name else named.details end as reason
from named
left join openers
    on named.source = openers.source and named.topic_id = openers.topic_id
left join posts
    on named.source = posts.source and coalesce(named.post_id, openers.id) = posts.id
where named.known_action is not null
union all
select
    source,
    'discourse' as platform,
    'judged-' || id as moderation_id,
    'approval' as action,
    cast(reviewed_by_id as varchar) as actor_id,
    cast(target_user_id as varchar) as target_account_id,
    cast(post_id as varchar) as target_message_id,
    reviewed_at as occurred_at,
    cast(null as varchar) as reason
from judged
