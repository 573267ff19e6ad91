-- our counts beside those the platform states of itself; differences that bots or linked accounts can explain are set apart
with counts as (

    select * from {{ ref('int_counts') }}
    where version_rank = 1

),

accounts as (

    select * from {{ ref('int_account_presence') }}

),

roles as (

    select * from {{ ref('dim_accounts') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

message_counts as (

    select * from {{ ref('int_message_counts') }}

),

interactions as (

    select * from {{ ref('int_interactions') }}
    where kind = 'reaction'

),

-- reactions can be compared where the platform also says whose they are
stated as (

    select
        source,
        max(observed_at) as as_of
    from counts
    where scope = 'message' and metric like 'reaction:%' and source in (select source from interactions)
    group by source

),

platform as (

    select
        source,
        metric,
        max(observed_at) as as_of,
        sum(value) as platform_count
    from counts
    where scope = 'community' and metric in ('members', 'posts')
    group by source, metric
    union all
    select
        message_counts.source,
        'reactions' as metric,
        max(stated.as_of) as as_of,
        sum(message_counts.reactions_count) as platform_count
    from message_counts
    inner join stated
        on message_counts.source = stated.source
    group by message_counts.source

),

ours as (

    select
        accounts.source,
        'members' as metric,
        count(case when roles.role in ('member', 'staff') then 1 end) as our_count,
        count(case when roles.role in ('bot', 'system') then 1 end) as bots
    from accounts
    inner join roles
        on accounts.account_key = roles.account_key
    where not accounts.is_gone
    group by accounts.source
    union all
    select
        messages.source,
        'posts' as metric,
        count(case when messages.kind <> 'system' and coalesce(roles.role, 'member') in ('member', 'staff') then 1 end) as our_count,
        count(case when messages.kind = 'system' or roles.role in ('bot', 'system') then 1 end) as bots
    from messages
    left join roles
        on messages.account_key = roles.account_key
    where messages.deleted_at is null
    group by messages.source
    union all
    select
        source,
        'reactions' as metric,
        count(*) as our_count,
        0 as bots
    from interactions
    group by source

),

compared as (

    select
        platform.source,
        platform.metric,
        platform.as_of,
        coalesce(ours.our_count, 0) as our_count,
        cast(platform.platform_count as bigint) as platform_count,
        cast(platform.platform_count as bigint) - coalesce(ours.our_count, 0) as difference,
        coalesce(ours.bots, 0) as bots
    from platform
    left join ours
        on platform.source = ours.source and platform.metric = ours.metric

)

select
    source,
    metric,
    as_of,
    our_count,
    platform_count,
    difference,
    least(greatest(difference, 0), bots) as explained_by_bots,
    difference - least(greatest(difference, 0), bots) as unexplained
from compared
