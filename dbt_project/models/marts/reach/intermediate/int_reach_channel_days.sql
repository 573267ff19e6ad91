{{ config(schema='intermediate') }}
-- acts given and received by each member, channel and day, as far as each scope is known: windows add up days, not acts
with acts as (

    select * from {{ ref('int_reach_acts') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

sided as (

    select from_no as member_no, source, channel_key, is_among_members, acted_date, acted_at from acts
    union all
    select to_no as member_no, source, channel_key, is_among_members, acted_date, acted_at from acts

)

select
    scopes.scope,
    sided.member_no,
    sided.source,
    sided.channel_key,
    sided.is_among_members,
    sided.acted_date,
    count(*) as acts_count
from sided
inner join scopes
    on sided.source = scopes.source and sided.acted_at <= scopes.scope_as_of
group by scopes.scope, sided.member_no, sided.source, sided.channel_key, sided.is_among_members, sided.acted_date
