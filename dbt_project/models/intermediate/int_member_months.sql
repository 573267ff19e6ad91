-- what a person did in a local month, in each population they belong to
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_members') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

months as (

    select
        scope,
        member_key,
        cast(date_trunc('month', local_date) as date) as month,
        count(*) as active_days,
        sum(posts + comments + reposts) as messages
    from member_days
    group by scope, member_key, cast(date_trunc('month', local_date) as date)

)

select
    months.scope,
    populations.population,
    months.month,
    months.member_key,
    months.active_days,
    cast(months.messages as bigint) as messages
from months
inner join members
    on months.member_key = members.member_key
inner join populations
    on populations.population = 'everyone' or members.role = 'member'
