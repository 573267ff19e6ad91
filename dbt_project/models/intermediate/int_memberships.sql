with unioned as (
    {{ union_platforms('memberships', [
        'source', 'platform', 'account_id', 'scope', 'scope_id', 'event', 'occurred_at', 'occurred_after', 'is_exact'
    ]) }}

)

select
    {{ composite_key([
        'source', 'account_id', 'scope', 'scope_id', 'event', 'occurred_at',
        'case when occurred_at is null then occurred_after end'
    ]) }} as membership_key,
    source,
    platform,
    account_id,
    {{ surrogate_key('source', 'account_id') }} as account_key,
    scope as scope_kind,
    scope_id,
    event,
    occurred_at,
    occurred_after,
    is_exact
from unioned
