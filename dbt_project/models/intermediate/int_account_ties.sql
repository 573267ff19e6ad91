-- what makes accounts one person: a line of the user's identities file, an equal verified e-mail address, profiles that
-- point at each other
with accounts as (

    select * from {{ ref('int_accounts') }}

),

identities as (

    select * from {{ source('raw', 'identities') }}

),

mutual_links as (

    select * from {{ ref('int_profile_links') }}

),

handles as (

    {{ handle_holders('accounts') }}

),

-- an id goes before a handle
listed as (

    select
        coalesce(accounts.account_key, handles.account_key) as account_key,
        identities.person,
        identities.listed_at
    from identities
    left join accounts
        on identities.source = accounts.source and identities.account = accounts.account_id
    left join handles
        on identities.source = handles.source and lower(identities.account) = handles.handle and handles.holder_rank = 1
    where accounts.account_key is not null or handles.account_key is not null

),

apart as (

    select distinct account_key
    from listed
    where person is null

),

-- what platforms say links people only (a machine's address is whoever's set it up), and none whom the user set apart
linkable as (

    select
        accounts.account_key,
        accounts.email_hash,
        accounts.observed_at
    from accounts
    left join apart
        on accounts.account_key = apart.account_key
    where accounts.role in ('member', 'staff') and not accounts.is_placeholder and apart.account_key is null

),

stated as (

    select
        account_key,
        'person:' || person as tie,
        'identities_file' as link_reason,
        min(listed_at) as stated_at
    from listed
    where person is not null
    group by account_key, person
    union all
    select
        account_key,
        'email:' || email_hash as tie,
        'equal_email' as link_reason,
        observed_at as stated_at
    from linkable
    where email_hash is not null
    union all
    select
        linkable.account_key,
        mutual_links.tie,
        'profile_links' as link_reason,
        linkable.observed_at as stated_at
    from mutual_links
    inner join linkable
        on mutual_links.account_key = linkable.account_key

),

counted as (

    select
        *,
        count(*) over (partition by tie) as accounts,
        lead(stated_at) over (
            partition by tie
            order by stated_at, account_key
        ) as next_stated_at,
        row_number() over (
            partition by tie
            order by stated_at, account_key
        ) as stated_rank
    from stated

)

-- a tie of one ties nothing, and ties no one before there is a second
select
    account_key,
    tie,
    link_reason,
    case when stated_rank = 1 then next_stated_at else stated_at end as tied_at
from counted
where accounts > 1
