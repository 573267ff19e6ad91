{{ config(schema='intermediate') }}
-- who may stand in a graph of reach: people, staff too; numbered in the order of their keys, so that ties by number are ties by key
with members as (

    select * from {{ ref('dim_members') }}
    where role in ('member', 'staff') and status <> 'erased'

)

select
    member_key,
    cast(row_number() over (
        order by member_key
    ) as integer) as member_no,
    role = 'staff' as is_staff
from members
