with channels as (

    select * from {{ ref('int_channels') }}

)

select
    channel_key,
    source,
    platform,
    channel_id,
    kind,
    parent_channel_key,
    is_private
from channels
