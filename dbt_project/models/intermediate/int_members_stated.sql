-- how many members the platform itself stated, by scope and local day: what was last stated by the end of the day holds
with counts as (

    select * from {{ ref('int_counts') }}
    where scope = 'community' and metric = 'members'

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

days as (

    select * from {{ ref('int_scope_days') }}

),

stated as (

    select
        source,
        value,
        observed_at,
        lead(observed_at) over (
            partition by source
            order by observed_at asc, version_rank desc
        ) as restated_at
    from counts

),

owed as (

    select
        days.scope,
        days.local_date,
        days.ends_at,
        scopes.source
    from days
    inner join scopes
        on days.scope = scopes.scope and days.ends_at > scopes.observed_from

)

select
    owed.scope,
    owed.local_date,
    -- together only when every source states its own
    case when count(*) = count(stated.value) then cast(sum(stated.value) as bigint) end as members_count
from owed
left join stated
    on
        owed.source = stated.source
        and owed.ends_at > stated.observed_at
        and (owed.ends_at <= stated.restated_at or stated.restated_at is null)
group by owed.scope, owed.local_date
