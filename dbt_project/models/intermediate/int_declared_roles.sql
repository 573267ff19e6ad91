-- who the user says is staff or a bot, by native id or by handle; the erased are nobody: their skeletons only hold threads together
with staff as (

    select * from {{ source('raw', 'staff') }}

),

bots as (

    select * from {{ source('raw', 'bots') }}

),

erased as (

    select * from {{ source('raw', 'erased_accounts') }}

)

select
    source,
    account,
    lower(account) as handle,
    'staff' as role
from staff
union
select
    source,
    account,
    lower(account) as handle,
    'bot' as role
from bots
union
select
    source,
    account,
    lower(account) as handle,
    'system' as role
from erased
