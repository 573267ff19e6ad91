-- days on which an account of a person acted; windows and member-days are sums and distinct counts of these
with messages as (

    select * from {{ ref('int_messages') }}

),

reactions as (

    select * from {{ ref('int_reactions') }}
    where not is_removed

),

interactions as (

    select * from {{ ref('int_interactions') }}

),

people as (

    select * from {{ ref('int_accounts') }}
    where role in ('member', 'staff')

),

sources as (

    select * from {{ ref('int_sources') }}

),

acts as (

    select
        source,
        account_key,
        local_date,
        kind,
        created_at as acted_at
    from messages
    where is_act and account_key is not null
    union all
    select
        source,
        account_key,
        local_date,
        'reaction' as kind,
        occurred_at as acted_at
    from reactions
    where occurred_at is not null

),

days as (

    select
        acts.source,
        acts.account_key,
        acts.local_date,
        count(case when acts.kind = 'post' then 1 end) as posts,
        count(case when acts.kind = 'comment' then 1 end) as comments,
        count(case when acts.kind = 'repost' then 1 end) as reposts,
        count(case when acts.kind = 'reaction' then 1 end) as reactions_given,
        min(acts.acted_at) as first_at,
        max(acts.acted_at) as last_at
    from acts
    inner join people
        on acts.account_key = people.account_key
    group by acts.source, acts.account_key, acts.local_date

),

-- from other people, on this day
received as (

    select
        interactions.to_account_key as account_key,
        interactions.local_date,
        count(case when interactions.kind = 'reaction' then 1 end) as reactions_received,
        count(case when interactions.kind in ('reply', 'thread_reply') then 1 end) as replies_received
    from interactions
    inner join people
        on interactions.from_account_key = people.account_key
    where interactions.from_account_key <> interactions.to_account_key and interactions.local_date is not null
    group by interactions.to_account_key, interactions.local_date

)

select
    days.source,
    days.account_key,
    days.local_date,
    days.posts,
    days.comments,
    days.reposts,
    case when sources.has_dated_reactions then days.reactions_given end as reactions_given,
    case when sources.has_dated_reactions then coalesce(received.reactions_received, 0) end as reactions_received,
    coalesce(received.replies_received, 0) as replies_received,
    days.first_at,
    days.last_at
from days
inner join sources
    on days.source = sources.source
left join received
    on days.account_key = received.account_key and days.local_date = received.local_date
