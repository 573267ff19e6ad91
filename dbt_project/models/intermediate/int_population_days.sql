-- what each population did on each local day of a scope
with member_days as (

    select * from {{ ref('fct_member_days') }}

),

members as (

    select * from {{ ref('int_members') }}

),

messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted and views is not null

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

populations as (

    select 'everyone' as population
    union all
    select 'members' as population

),

first_days as (

    select
        scope,
        member_key,
        min(local_date) as first_date
    from member_days
    where posts + comments + reposts > 0
    group by scope, member_key

),

acts as (

    select
        member_days.scope,
        member_days.local_date,
        members.role,
        count(case when member_days.posts + member_days.comments + member_days.reposts > 0 then 1 end) as posters,
        sum(member_days.posts) as posts,
        sum(member_days.comments) as comments,
        sum(member_days.reposts) as reposts,
        sum(member_days.reactions_given) as reactions,
        count(case when member_days.local_date = first_days.first_date then 1 end) as new_posters,
        null as views
    from member_days
    inner join members
        on member_days.member_key = members.member_key
    left join first_days
        on member_days.scope = first_days.scope and member_days.member_key = first_days.member_key
    group by member_days.scope, member_days.local_date, members.role
    union all
    select
        scopes.scope,
        messages.local_date,
        members.role,
        0 as posters,
        0 as posts,
        0 as comments,
        0 as reposts,
        0 as reactions,
        0 as new_posters,
        sum(messages.views) as views
    from messages
    inner join scopes
        on messages.source = scopes.source
    inner join members
        on messages.member_key = members.member_key
    group by scopes.scope, messages.local_date, members.role

)

select
    acts.scope,
    populations.population,
    acts.local_date,
    cast(sum(acts.posters) as bigint) as posters,
    cast(sum(acts.posts) as bigint) as posts,
    cast(sum(acts.comments) as bigint) as comments,
    cast(sum(acts.reposts) as bigint) as reposts,
    cast(sum(acts.reactions) as bigint) as reactions,
    cast(sum(acts.new_posters) as bigint) as new_posters,
    cast(sum(acts.views) as bigint) as views
from acts
inner join populations
    on populations.population = 'everyone' or acts.role = 'member'
group by acts.scope, populations.population, acts.local_date
