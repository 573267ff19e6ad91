{{ config(schema='intermediate') }}
-- what each person wrote in each graph's window, and what the platforms say of how often it was seen
with messages as (

    select * from {{ ref('fct_messages') }}
    where is_counted

),

people as (

    select * from {{ ref('int_reach_people') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

)

select
    graphs.graph_id,
    people.member_no,
    messages.source,
    messages.channel_key,
    count(*) as messages_count,
    cast(sum(messages.views) as bigint) as views,
    count(messages.views) as viewed_messages_count
from messages
inner join people
    on messages.member_key = people.member_key
inner join scopes
    on messages.source = scopes.source
inner join graphs
    on
        scopes.scope = graphs.scope
        and messages.local_date between graphs.first_date and graphs.last_date
        and messages.created_at <= graphs.as_of
        and (graphs.population = 'everyone' or not people.is_staff)
group by graphs.graph_id, people.member_no, messages.source, messages.channel_key
