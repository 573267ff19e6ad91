-- one row: the user's settings that models read
with settings as (

    select * from {{ source('raw', 'settings') }}

)

select
    coalesce(max(case when key = 'timezone' then value end), 'UTC') as time_zone,
    coalesce(max(case when key = 'staff_from_platform' then value end), 'true') = 'true' as is_staff_from_platform
from settings
