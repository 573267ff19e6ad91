with account_days as (

    select * from {{ ref('int_account_days') }}

),

links as (

    select * from {{ ref('int_account_links') }}

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
    where role = 'own'

),

scoped as (

    select
        sources.source as scope,
        sources.source,
        sources.has_dated_reactions
    from sources
    union all
    select
        'all' as scope,
        source,
        max(case when has_dated_reactions then 1 else 0 end) over () = 1 as has_dated_reactions
    from sources

),

-- what was done toward another account of one's own is received by no one
within as (

    select
        interactions.to_account_key as account_key,
        interactions.local_date,
        count(case when interactions.kind = 'reaction' then 1 end) as reactions,
        count(case when interactions.kind in ('reply', 'thread_reply') then 1 end) as replies
    from interactions
    inner join people
        on interactions.from_account_key = people.account_key
    inner join links as givers
        on interactions.from_account_key = givers.account_key
    inner join links as receivers
        on interactions.to_account_key = receivers.account_key and givers.member_key = receivers.member_key
    where
        interactions.from_account_key <> interactions.to_account_key
        and givers.link_reason is not null
        and receivers.link_reason is not null
    group by interactions.to_account_key, interactions.local_date

)

select
    scoped.scope,
    links.member_key,
    account_days.local_date,
    cast(sum(account_days.posts) as bigint) as posts,
    cast(sum(account_days.comments) as bigint) as comments,
    cast(sum(account_days.reposts) as bigint) as reposts,
    -- known as soon as one source of the scope dates its reactions
    cast(case when scoped.has_dated_reactions then coalesce(sum(account_days.reactions_given), 0) end as bigint) as reactions_given,
    cast(
        case when scoped.has_dated_reactions then coalesce(sum(account_days.reactions_received - coalesce(within.reactions, 0)), 0) end
        as bigint
    ) as reactions_received,
    cast(sum(account_days.replies_received - coalesce(within.replies, 0)) as bigint) as replies_received,
    min(account_days.first_at) as first_at,
    max(account_days.last_at) as last_at
from account_days
inner join links
    on account_days.account_key = links.account_key
inner join scoped
    on account_days.source = scoped.source
left join within
    on account_days.account_key = within.account_key and account_days.local_date = within.local_date
group by scoped.scope, scoped.has_dated_reactions, links.member_key, account_days.local_date
