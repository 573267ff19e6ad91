-- messages by what they have in common; each is one trial: was there anyone who answered, reacted or passed it on?
with content as (

    select * from {{ ref('int_content') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

sliced as (

    select source, month, 'kind' as slice, kind as key, engagements
    from content
    union all
    select source, month, 'channel' as slice, channel_key as key, engagements
    from content
    where kind <> 'comment' and channel_key is not null
    union all
    select source, month, 'weekday_hour' as slice, {{ hour_of_week('weekday', 'hour') }} as key, engagements
    from content
    where kind <> 'comment'

)

select
    scopes.scope,
    sliced.month,
    sliced.slice,
    sliced.key,
    count(*) as messages,
    count(case when sliced.engagements > 0 then 1 end) as engaged_messages,
    cast(sum(sliced.engagements) as bigint) as engagements
from sliced
inner join scopes
    on sliced.source = scopes.source
group by scopes.scope, sliced.month, sliced.slice, sliced.key
