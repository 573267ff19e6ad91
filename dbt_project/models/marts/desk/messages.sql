with messages as (

    select * from {{ ref('int_messages') }}

),

threads as (

    select * from {{ ref('int_threads') }}

)

-- what is deleted is not quoted
select
    messages.message_key,
    coalesce(messages.title, threads.title) as title,
    case when messages.deleted_at is null then messages.excerpt end as excerpt,
    messages.url
from messages
left join threads
    on messages.thread_key = threads.thread_key
where messages.kind <> 'system'
