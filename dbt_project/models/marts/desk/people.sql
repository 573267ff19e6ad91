with accounts as (

    select * from {{ ref('int_accounts') }}

),

links as (

    select * from {{ ref('int_account_links') }}

),

-- a person is called as in the account that has a name, the first by key
named as (

    select
        links.member_key,
        accounts.source || ':' || coalesce(accounts.handle, accounts.account_id) as handle,
        accounts.url,
        coalesce(accounts.display_name, accounts.handle, accounts.account_id) as label,
        row_number() over (
            partition by links.member_key
            order by
                case when accounts.display_name is not null then 0 when accounts.handle is not null then 1 else 2 end,
                accounts.account_key
        ) as name_rank
    from accounts
    inner join links
        on accounts.account_key = links.account_key

)

select
    member_key,
    max(case when name_rank = 1 then label end) as label,
    {{ sorted_list('handle') }} as handles,
    {{ sorted_list('url') }} as links
from named
group by member_key
