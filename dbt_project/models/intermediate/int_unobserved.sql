-- how much may lie in what was not observed of the streams that a stated count is compared with
with coverage as (

    select * from {{ ref('int_coverage') }}
    where stream in ('messages', 'reactions', 'accounts', 'memberships')

),

streams as (

    select
        source,
        case stream when 'messages' then 'posts' when 'reactions' then 'reactions' else 'members' end as metric,
        min(reason) as reason,
        cast(sum(
            case when reason is not null then {{ seconds_between('observed_from', 'observed_to') }} else 0 end
        ) as double) as missed,
        cast(sum(
            case when reason is null then {{ seconds_between('observed_from', 'observed_to') }} else 0 end
        ) as double) as observed
    from coverage
    group by source, stream

)

select
    source,
    metric,
    min(reason) as reason,
    -- at most at twice the rate of what was observed; where nothing was, there is no saying
    case when min(observed) > 0 then 2e0 * max(missed / nullif(observed, 0)) end as most_share
from streams
where missed > 0
group by source, metric
