-- accounts whose profiles point at each other: whoever names a profile may lie, who is named back does not
with accounts as (

    select * from {{ ref('int_accounts') }}

),

profiles as (
    {{ union_profile_links() }}

),

named as (

    select
        source,
        account_id,
        {{ explode(words('links')) }} as link
    from profiles

),

addresses as (

    select
        account_key,
        {{ profile_address('url') }} as address
    from accounts
    where url is not null

),

pointers as (

    select distinct
        accounts.account_key as from_account_key,
        addresses.account_key as to_account_key
    from named
    inner join accounts
        on named.source = accounts.source and named.account_id = accounts.account_id
    inner join addresses
        on {{ profile_address('named.link') }} = addresses.address
    where accounts.account_key <> addresses.account_key

)

select
    pointers.from_account_key as account_key,
    'profiles:' || least(pointers.from_account_key, pointers.to_account_key)
    || ':' || greatest(pointers.from_account_key, pointers.to_account_key) as tie
from pointers
inner join pointers as back
    on pointers.from_account_key = back.to_account_key and pointers.to_account_key = back.from_account_key
