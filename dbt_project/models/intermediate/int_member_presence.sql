-- a person's presence over all accounts: gone only when gone everywhere; silence is judged at the latest as-of of their sources
with presence as (

    select * from {{ ref('int_account_presence') }}

),

links as (

    select * from {{ ref('int_account_links') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

windows as (

    select * from {{ ref('int_scope_windows') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- whether the 28 days before a source's as-of were observed well enough to call a silence one; nobody knows of a competitor's
heard as (

    select
        sources.source,
        {{ local_date('sources.as_of', 'settings.time_zone') }} as as_of_date,
        coalesce(windows.is_mau_known, false) as is_recently_observed
    from sources
    cross join settings
    left join windows
        on
            sources.source = windows.scope
            and windows.local_date = {{ local_date('sources.as_of', 'settings.time_zone') }}

)

select
    links.member_key,
    min(presence.first_seen_at) as first_seen_at,
    min(presence.joined_at) as joined_at,
    min(case when presence.is_gone then 1 else 0 end) = 1 as is_gone,
    max(case when presence.is_banned then 1 else 0 end) = 1 as is_banned,
    max(case when presence.is_erased then 1 else 0 end) = 1 as is_erased,
    max(heard.as_of_date) as as_of_date,
    min(case when heard.is_recently_observed then 1 else 0 end) = 1 as is_recently_observed
from links
inner join presence
    on links.account_key = presence.account_key
left join heard
    on presence.source = heard.source
group by links.member_key
