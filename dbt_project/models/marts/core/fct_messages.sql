with messages as (

    select * from {{ ref('int_messages') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

links as (

    select * from {{ ref('int_account_links') }}

),

members as (

    select * from {{ ref('int_members') }}

),

counts as (

    select * from {{ ref('int_message_counts') }}

),

-- a platform names only what it counted: its silence on one message is 0 where it speaks of others
stated as (

    select
        source,
        case when count(reactions_count) > 0 then 0 end as no_reactions,
        case when count(replies_count) > 0 then 0 end as no_replies
    from counts
    group by source

)

select
    messages.message_key,
    messages.source,
    messages.platform,
    messages.message_id,
    messages.channel_key,
    messages.account_key,
    links.member_key,
    messages.thread_key,
    messages.parent_message_key,
    messages.repost_message_key,
    messages.kind,
    messages.created_at,
    messages.local_date,
    messages.edited_at,
    messages.deleted_at,
    coalesce(messages.is_act and accounts.role in ('member', 'staff'), false) as is_counted,
    coalesce(accounts.role in ('member', 'staff') and members.role = 'staff', false) as is_by_staff,
    messages.is_question,
    messages.text_length,
    messages.links_count,
    cast(coalesce(counts.reactions_count, stated.no_reactions) as bigint) as reactions_count,
    cast(coalesce(counts.replies_count, stated.no_replies) as bigint) as replies_count,
    counts.views
from messages
left join accounts
    on messages.account_key = accounts.account_key
left join links
    on messages.account_key = links.account_key
left join members
    on links.member_key = members.member_key
left join counts
    on messages.message_key = counts.message_key
left join stated
    on messages.source = stated.source
