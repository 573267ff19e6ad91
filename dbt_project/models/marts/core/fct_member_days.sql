with account_days as (

    select * from {{ ref('int_account_days') }}

),

links as (

    select * from {{ ref('int_account_links') }}

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
    cast(case when scoped.has_dated_reactions then coalesce(sum(account_days.reactions_received), 0) end as bigint) as reactions_received,
    cast(sum(account_days.replies_received) as bigint) as replies_received,
    min(account_days.first_at) as first_at,
    max(account_days.last_at) as last_at
from account_days
inner join links
    on account_days.account_key = links.account_key
inner join scoped
    on account_days.source = scoped.source
group by scoped.scope, scoped.has_dated_reactions, links.member_key, account_days.local_date
