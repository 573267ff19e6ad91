-- one may react, take it back and react again: each time is an event of its own, and one that stands is enough
with reactions as (

    select * from {{ source('raw_matrix', 'reactions') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, event_id
            order by coalesce(is_tombstone, false) asc, {{ newest_first() }}
        ) as content_rank,
        max(case when is_removed then 1 else 0 end) over (partition by source, event_id) as is_gone
    from reactions

),

acts as (

    select
        *,
        row_number() over (
            partition by source, relates_to, sender, reaction
            order by is_gone asc, origin_server_ts desc, event_id asc
        ) as act_rank
    from versions
    where content_rank = 1 and not coalesce(is_tombstone, false)

)

select
    source,
    'matrix' as platform,
    relates_to as message_id,
    sender as account_id,
    reaction as kind,
    origin_server_ts as occurred_at,
    is_gone = 1 as is_removed,
    observed_at
from acts
where act_rank = 1
