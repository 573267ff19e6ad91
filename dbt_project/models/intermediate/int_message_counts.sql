-- the latest numbers the platform itself states about a message
with counts as (

    select * from {{ ref('int_counts') }}
    where scope = 'message' and version_rank = 1

),

reactions as (

    select * from {{ ref('int_reactions') }}

),

keyed as (

    select
        source,
        {{ surrogate_key('source', 'id') }} as message_key,
        metric,
        value
    from counts

),

-- a platform that shows no reaction any more does not state that there are 0
withdrawn as (

    select
        message_key,
        'reaction:' || kind as metric
    from reactions
    group by message_key, kind
    having min(case when is_removed then 1 else 0 end) = 1

)

select
    keyed.source,
    keyed.message_key,
    cast(sum(
        case when keyed.metric like 'reaction:%' then case when withdrawn.metric is null then keyed.value else 0 end end
    ) as bigint) as reactions_count,
    cast(max(case when keyed.metric = 'replies' then keyed.value end) as bigint) as replies_count,
    cast(max(case when keyed.metric = 'views' then keyed.value end) as bigint) as views
from keyed
left join withdrawn
    on keyed.message_key = withdrawn.message_key and keyed.metric = withdrawn.metric
group by keyed.source, keyed.message_key
