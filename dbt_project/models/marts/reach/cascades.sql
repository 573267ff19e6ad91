-- messages of bots and of the platform hold a tree together and are not counted
with messages as (

    select * from {{ ref('fct_messages') }}

),

trees as (

    select * from {{ ref('int_reach_trees') }}

),

-- a root is in no row of its own tree; one of pointers in a circle has none
linked as (

    select
        messages.message_key,
        coalesce(trees.root, messages.message_key) as root,
        coalesce(trees.distance, 0) as distance,
        messages.member_key,
        messages.created_at,
        messages.repost_message_key
    from messages
    left join trees
        on messages.message_key = trees.node
    left join messages as parents
        on coalesce(messages.repost_message_key, messages.parent_message_key) = parents.message_key
    where
        messages.is_counted
        and (trees.node is not null or parents.message_key is null or parents.message_key = messages.message_key)

),

grown as (

    select
        root,
        count(*) as size,
        max(distance) as depth,
        count(distinct member_key) as members_count,
        count(case when distance > 0 and repost_message_key is null then 1 end) as replies_count,
        count(case when distance > 0 and repost_message_key is not null then 1 end) as reposts_count,
        max(created_at) as last_at
    from linked
    group by root

),

threads as (

    select
        thread_key,
        count(*) as thread_size,
        count(distinct member_key) as thread_members_count
    from messages
    where is_counted and thread_key is not null
    group by thread_key

)

select
    roots.message_key,
    roots.source,
    roots.member_key,
    roots.created_at as started_at,
    roots.local_date,
    grown.size,
    grown.depth,
    grown.members_count,
    grown.replies_count,
    grown.reposts_count,
    grown.last_at,
    threads.thread_size,
    threads.thread_members_count
from grown
inner join messages as roots
    on grown.root = roots.message_key
left join threads
    on roots.thread_key = threads.thread_key and roots.kind = 'post'
