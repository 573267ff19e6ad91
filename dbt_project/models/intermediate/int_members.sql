-- a person's role is the most personal one among the accounts: staff somewhere is staff, a person's bot does not make a bot of them
with accounts as (

    select * from {{ ref('int_accounts') }}

),

links as (

    select * from {{ ref('int_account_links') }}

)

select
    links.member_key,
    case min(
        case accounts.role when 'staff' then 1 when 'member' then 2 when 'bot' then 3 else 4 end
    )
        when 1 then 'staff'
        when 2 then 'member'
        when 3 then 'bot'
        else 'system'
    end as role,
    count(*) as accounts_count
from links
inner join accounts
    on links.account_key = accounts.account_key
group by links.member_key
