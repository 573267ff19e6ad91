with unioned as (
    {{ union_platforms('reactions', [
        'source', 'platform', 'message_id', 'account_id', 'kind', 'occurred_at', 'is_removed'
    ]) }}

),

settings as (

    select * from {{ ref('int_settings') }}

)

select
    {{ composite_key(['unioned.source', 'unioned.message_id', 'unioned.account_id', 'unioned.kind']) }} as reaction_key,
    unioned.source,
    unioned.platform,
    unioned.account_id,
    {{ surrogate_key('unioned.source', 'unioned.message_id') }} as message_key,
    {{ surrogate_key('unioned.source', 'unioned.account_id') }} as account_key,
    unioned.kind,
    unioned.occurred_at,
    {{ local_date('unioned.occurred_at', 'settings.time_zone') }} as local_date,
    unioned.is_removed
from unioned
cross join settings
