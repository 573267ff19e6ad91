-- an event without an instant is told apart by the interval in which it was found
with memberships as (

    select * from {{ source('raw_files', 'memberships') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, account_id, scope, scope_id, event, occurred_at, case when occurred_at is null then occurred_after end
            order by {{ newest_first() }}
        ) as version_rank
    from memberships

)

select
    source,
    'files' as platform,
    account_id,
    scope,
    scope_id,
    event,
    occurred_at,
    occurred_after,
    occurred_at is not null and coalesce(is_exact, true) as is_exact
from versions
where version_rank = 1
