-- members to welcome: who wrote for the first time, or joined, in the 14 days to the as-of
with messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted

),

interactions as (

    select * from {{ ref('fct_interactions') }}
    where kind in ('reply', 'thread_reply', 'mention') and from_member_key <> to_member_key

),

people as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff')

),

sources as (

    select * from {{ ref('int_scopes') }}
    where scope = 'all'

),

clock as (

    select max(scope_as_of) as as_of
    from sources

),

written as (

    select
        messages.message_key,
        messages.source,
        messages.member_key,
        messages.created_at,
        messages.deleted_at,
        sources.as_of as source_as_of,
        sources.observed_from,
        row_number() over (
            partition by messages.member_key
            order by messages.created_at, messages.message_key
        ) as message_rank
    from messages
    inner join sources
        on messages.source = sources.source

),

dated as (

    select
        people.member_key,
        clock.as_of,
        case when people.joined_at <= clock.as_of then people.joined_at end as joined_at,
        written.source,
        written.source_as_of,
        written.message_key,
        written.created_at,
        written.deleted_at,
        -- soon after a source began to be observed a first message proves no newcomer: what came before was not seen
        coalesce({{ seconds_between('written.observed_from', 'written.created_at') }} >= 28 * 86400, false) as is_first_ever
    from people
    cross join clock
    left join written
        on people.member_key = written.member_key and written.message_rank = 1
    where people.role = 'member' and people.status not in ('left', 'banned', 'erased')

),

recent as (

    select
        dated.*,
        coalesce({{ seconds_between('joined_at', 'as_of') }} < 14 * 86400, false) as has_joined,
        -- a source that is ahead of the others has written on after the as-of of all
        is_first_ever and created_at <= as_of and {{ seconds_between('created_at', 'as_of') }} < 14 * 86400 as has_begun
    from dated

),

-- an answer that was deleted since is none, nor is a bot's
answered as (

    select
        recent.member_key,
        people.role,
        interactions.occurred_at,
        row_number() over (
            partition by recent.member_key
            order by interactions.occurred_at, interactions.interaction_key
        ) as answer_rank
    from recent
    inner join interactions
        on recent.member_key = interactions.to_member_key and recent.source = interactions.source
    inner join messages
        on interactions.message_key = messages.message_key
    inner join people
        on interactions.from_member_key = people.member_key
    where interactions.occurred_at >= recent.created_at and messages.deleted_at is null

)

select
    recent.member_key,
    recent.source,
    recent.joined_at,
    recent.message_key as first_message_key,
    recent.created_at as first_message_at,
    case when recent.has_joined then recent.joined_at else recent.created_at end as since_at,
    case when recent.message_key is not null then answered.member_key is not null end as is_answered,
    answered.occurred_at as answered_at,
    case answered.role when 'staff' then 'staff' when 'member' then 'peer' end as answered_by,
    case
        when recent.deleted_at is null
            then {{ seconds_between('recent.created_at', 'coalesce(answered.occurred_at, recent.source_as_of)') }} / 3600
    end as waiting_hours,
    recent.as_of
from recent
left join answered
    on recent.member_key = answered.member_key and answered.answer_rank = 1
where recent.has_joined or recent.has_begun
