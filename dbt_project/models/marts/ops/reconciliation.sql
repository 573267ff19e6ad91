-- our counts beside those the platform states of itself; differences that bots or linked accounts can explain are set apart
with counts as (

    select * from {{ ref('int_counts') }}
    where version_rank = 1

),

ours as (

    select * from {{ ref('int_own_counts') }}

),

message_counts as (

    select * from {{ ref('int_message_counts') }}

),

stated as (

    select
        source,
        max(observed_at) as as_of
    from counts
    where scope = 'message' and metric like 'reaction:%'
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
    -- reactions can be compared only where the platform also says whose they are
    where platform.metric <> 'reactions' or ours.source is not null

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
