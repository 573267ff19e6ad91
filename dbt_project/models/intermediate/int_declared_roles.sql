-- who the user says is staff or a bot: by native id or by handle
with staff as (

    select * from {{ source('raw', 'staff') }}

),

bots as (

    select * from {{ source('raw', 'bots') }}

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
