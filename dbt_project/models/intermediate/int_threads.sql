-- who opened each thread, as far as the opening message is known
with messages as (

    select * from {{ ref('int_messages') }}

),

ranked as (

    select
        thread_key,
        source,
        message_key,
        account_key,
        title,
        row_number() over (
            partition by thread_key
            order by created_at, message_key
        ) as opener_rank
    from messages
    where is_opener and thread_key is not null

)

select
    thread_key,
    source,
    message_key,
    account_key,
    title
from ranked
where opener_rank = 1
