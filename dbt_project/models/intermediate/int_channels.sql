-- every channel listed or written in, if only a placeholder
with unioned as (
    {{ union_platforms('channels', [
        'source', 'platform', 'channel_id', 'name', 'kind', 'parent_id', 'is_private'
    ]) }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

seen as (

    select
        source,
        platform,
        channel_id
    from messages
    where channel_id is not null
    union
    select
        source,
        platform,
        channel_id
    from unioned
    union
    select
        source,
        platform,
        parent_id as channel_id
    from unioned
    where parent_id is not null

)

select
    {{ surrogate_key('seen.source', 'seen.channel_id') }} as channel_key,
    seen.source,
    seen.platform,
    seen.channel_id,
    unioned.name,
    unioned.kind,
    {{ surrogate_key('seen.source', 'unioned.parent_id') }} as parent_channel_key,
    unioned.is_private
from seen
left join unioned
    on seen.source = unioned.source and seen.channel_id = unioned.channel_id
