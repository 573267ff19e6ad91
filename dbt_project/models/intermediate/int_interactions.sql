-- acts of one account toward another, each from the one who acts; both must be known
with messages as (

    select * from {{ ref('int_messages') }}

),

threads as (

    select * from {{ ref('int_threads') }}

),

mentions as (

    select * from {{ ref('int_mentions') }}

),

reactions as (

    select * from {{ ref('int_reactions') }}
    where not is_removed

),

acts as (

    select * from messages
    where is_act and account_key is not null

),

answers as (

    select
        acts.*,
        parents.account_key as parent_account_key,
        originals.account_key as original_account_key
    from acts
    left join messages as parents
        on acts.parent_message_key = parents.message_key
    left join messages as originals
        on acts.repost_message_key = originals.message_key

),

unioned as (

    select
        source, account_key, parent_account_key as to_account_key, 'reply' as kind, created_at,
        local_date, message_key, '' as detail
    from answers
    where parent_account_key is not null
    union all
    select
        acts.source, acts.account_key, threads.account_key as to_account_key, 'thread_reply' as kind, acts.created_at,
        acts.local_date, acts.message_key, '' as detail
    from acts
    inner join threads
        on acts.thread_key = threads.thread_key
    where
        acts.message_key <> threads.message_key
        and acts.parent_message_key is null
        and threads.account_key is not null
        and acts.kind <> 'repost'
    union all
    select
        source, account_key, original_account_key as to_account_key, 'repost' as kind, created_at,
        local_date, message_key, '' as detail
    from answers
    where original_account_key is not null
    union all
    select
        acts.source, acts.account_key, mentions.account_key as to_account_key, 'mention' as kind, acts.created_at,
        acts.local_date, acts.message_key, '' as detail
    from acts
    inner join mentions
        on acts.message_key = mentions.message_key
    union all
    select
        reactions.source, reactions.account_key, messages.account_key as to_account_key, 'reaction' as kind,
        reactions.occurred_at as created_at, reactions.local_date, reactions.message_key, reactions.kind as detail
    from reactions
    inner join messages
        on reactions.message_key = messages.message_key
    where messages.account_key is not null and messages.kind <> 'system'

)

select
    {{ composite_key(['kind', 'message_key', 'account_key', 'to_account_key', 'detail']) }} as interaction_key,
    source,
    account_key as from_account_key,
    to_account_key,
    kind,
    created_at as occurred_at,
    local_date,
    message_key
from unioned
