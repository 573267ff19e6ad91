with memberships as (

    select * from {{ source('raw_mastodon', 'memberships') }}

),

-- an event without an instant is told apart by the interval in which it was found
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
    'mastodon' as platform,
    account_id,
    scope,
    scope_id,
    event,
    occurred_at,
    occurred_after,
    coalesce(is_exact, occurred_at is not null) as is_exact
from versions
where version_rank = 1
