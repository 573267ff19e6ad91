-- messages of people that counted, with what other people did with each: answers, reactions and reposts
with messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted

),

threads as (

    select * from {{ ref('int_threads') }}

),

members as (

    select * from {{ ref('int_members') }}
    where role in ('member', 'staff')

),

reactions as (

    select * from {{ ref('fct_interactions') }}
    where kind = 'reaction' and from_member_key <> to_member_key

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- a message that names no other answers the one that opened its thread
answers as (

    select
        messages.member_key,
        case
            when messages.kind = 'repost' then messages.repost_message_key
            else coalesce(messages.parent_message_key, nullif(threads.message_key, messages.message_key))
        end as message_key
    from messages
    left join threads
        on messages.thread_key = threads.thread_key

),

answered as (

    select
        answers.message_key,
        count(*) as answers
    from answers
    inner join messages
        on answers.message_key = messages.message_key
    where answers.member_key <> messages.member_key
    group by answers.message_key

),

reacted as (

    select
        reactions.source,
        reactions.message_key,
        count(*) as reactions
    from reactions
    inner join members
        on reactions.from_member_key = members.member_key
    group by reactions.source, reactions.message_key

),

-- sources that say whose their reactions are; the others only count them
attributing as (

    select distinct source
    from reacted

)

select
    messages.message_key,
    messages.source,
    messages.channel_key,
    messages.kind,
    cast(date_trunc('month', messages.local_date) as date) as month,
    cast({{ iso_weekday('messages.local_date') }} as integer) as weekday,
    {{ local_hour('messages.created_at', 'settings.time_zone') }} as hour,
    coalesce(answered.answers, 0)
    + coalesce(case when attributing.source is null then messages.reactions_count else reacted.reactions end, 0) as engagements
from messages
cross join settings
left join answered
    on messages.message_key = answered.message_key
left join reacted
    on messages.message_key = reacted.message_key
left join attributing
    on messages.source = attributing.source
