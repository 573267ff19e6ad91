-- our counts beside those the platform states of itself; what we leave out by a rule is set apart from the difference
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

unobserved as (

    select * from {{ ref('int_unobserved') }}

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
    where scope = 'community' and metric in ('members', 'posts', 'followers')
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
        greatest(cast(platform.platform_count as bigint) - coalesce(ours.our_count, 0), 0) as more,
        coalesce(ours.bots, 0) as bots,
        coalesce(ours.merged, 0) as merged,
        coalesce(ours.deleted, 0) as deleted,
        unobserved.source is not null as is_unobserved,
        cast(ceil(coalesce(ours.our_count, 0) * unobserved.most_share) as bigint) as most_unobserved,
        unobserved.reason as not_observed
    from platform
    left join ours
        on platform.source = ours.source and platform.metric = ours.metric
    left join unobserved
        on platform.source = unobserved.source and platform.metric = unobserved.metric
    -- reactions and followers can be compared only where the platform also says whose they are
    where platform.metric not in ('reactions', 'followers') or ours.source is not null

),

-- one rule after the other, each as far as something is left
explained as (

    select
        *,
        least(more, bots) as by_bots,
        least(greatest(more - bots, 0), merged) as by_links,
        least(greatest(more - bots - merged, 0), deleted) as by_deleted,
        least(
            greatest(more - bots - merged - deleted, 0),
            case when is_unobserved then coalesce(most_unobserved, more) else 0 end
        ) as by_gaps
    from compared

)

select
    source,
    metric,
    as_of,
    our_count,
    platform_count,
    difference,
    by_bots as explained_by_bots,
    by_links as explained_by_links,
    by_deleted as explained_by_deleted,
    by_gaps as explained_by_gaps,
    not_observed,
    difference - by_bots - by_links - by_deleted - by_gaps as unexplained
from explained
