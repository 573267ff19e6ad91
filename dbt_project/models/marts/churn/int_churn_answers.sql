-- each member's first message in a scope, what it was, and whether another person answered them within 24 hours of it
with messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted

),

interactions as (

    select * from {{ ref('fct_interactions') }}
    where kind in ('reply', 'thread_reply') and from_member_key <> to_member_key and occurred_at is not null

),

people as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff')

),

members as (

    select * from {{ ref('int_churn_members') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

-- a newcomer's own messages of those hours are the first one and what followed it
firsts as (

    select
        members.scope,
        members.member_no,
        members.member_key,
        members.role,
        min(messages.created_at) as first_message_at,
        min(case when messages.kind = 'post' then messages.created_at end) as first_post_at,
        min(case when messages.is_question then messages.created_at end) as first_question_at,
        min(messages.local_date) as first_message_date
    from messages
    inner join scopes
        on messages.source = scopes.source
    inner join members
        on scopes.scope = members.scope and messages.member_key = members.member_key
    where messages.local_date >= members.first_date and messages.local_date <= members.last_date
    group by members.scope, members.member_no, members.member_key, members.role

),

answered as (

    select distinct
        firsts.scope,
        firsts.member_no
    from interactions
    inner join scopes
        on interactions.source = scopes.source
    inner join firsts
        on scopes.scope = firsts.scope and interactions.to_member_key = firsts.member_key
    inner join people
        on interactions.from_member_key = people.member_key
    where
        interactions.occurred_at >= firsts.first_message_at
        and {{ seconds_between('firsts.first_message_at', 'interactions.occurred_at') }} <= 86400

)

select
    firsts.scope,
    firsts.member_no,
    firsts.member_key,
    firsts.role,
    firsts.first_message_at,
    firsts.first_message_date,
    case
        when firsts.first_question_at = firsts.first_message_at then 'question'
        when firsts.first_post_at = firsts.first_message_at then 'post'
        else 'other'
    end as began_with,
    answered.member_no is not null as is_answered
from firsts
left join answered
    on firsts.member_no = answered.member_no
