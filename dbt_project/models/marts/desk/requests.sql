-- what members asked and what became of it, one row a thread
with messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted

),

people as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff')

),

sources as (

    select * from {{ ref('int_scopes') }}
    where scope = 'all'

),

asked as (

    select
        messages.message_key,
        coalesce(messages.thread_key, messages.message_key) as thread_key,
        messages.source,
        messages.channel_key,
        messages.member_key,
        messages.created_at as asked_at,
        messages.deleted_at,
        sources.as_of,
        row_number() over (
            partition by coalesce(messages.thread_key, messages.message_key)
            order by messages.created_at, messages.message_key
        ) as question_rank
    from messages
    inner join people
        on messages.member_key = people.member_key
    inner join sources
        on messages.source = sources.source
    where messages.is_question and people.role = 'member' and messages.created_at <= sources.as_of

),

requests as (

    select * from asked
    where question_rank = 1

),

-- an answer that was deleted since is none, nor is a bot's
answers as (

    select
        requests.thread_key,
        messages.created_at,
        people.role,
        row_number() over (
            partition by requests.thread_key
            order by messages.created_at, messages.message_key
        ) as answer_rank
    from requests
    inner join messages
        on requests.thread_key = messages.thread_key
    inner join people
        on messages.member_key = people.member_key
    where
        messages.deleted_at is null
        and messages.kind <> 'repost'
        and messages.member_key <> requests.member_key
        and messages.created_at >= requests.asked_at

),

answered as (

    select
        thread_key,
        min(created_at) as first_response_at,
        min(case when role = 'member' then created_at end) as first_peer_response_at,
        max(case when answer_rank = 1 then case role when 'staff' then 'staff' else 'peer' end end) as answered_by,
        count(*) as responses_count
    from answers
    group by thread_key

)

select
    requests.thread_key,
    requests.message_key,
    requests.source,
    requests.channel_key,
    requests.member_key,
    requests.asked_at,
    answered.first_response_at,
    answered.first_peer_response_at,
    answered.answered_by,
    coalesce(answered.responses_count, 0) as responses_count,
    -- no platform read so far tells when a question was solved
    cast(null as timestamp) as solved_at,
    case
        when requests.deleted_at is not null then 'deleted'
        when answered.thread_key is not null then 'answered'
        when {{ seconds_between('requests.asked_at', 'requests.as_of') }} > 14 * 86400 then 'stale'
        else 'open'
    end as status,
    {{ seconds_between('requests.asked_at', 'coalesce(answered.first_response_at, requests.as_of)') }} / 3600 as waiting_hours,
    requests.as_of
from requests
left join answered
    on requests.thread_key = answered.thread_key
