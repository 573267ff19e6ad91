{{ config(schema='intermediate') }}
-- who acted toward whom in each graph, and how often
with acts as (

    select * from {{ ref('int_reach_acts') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

counted as (

    select
        graphs.graph_id,
        acts.from_no,
        acts.to_no,
        {{- reach_counts_by_kind('acts.kind') }}
    from acts
    inner join scopes
        on acts.source = scopes.source
    inner join graphs
        on
            scopes.scope = graphs.scope
            and acts.acted_date between graphs.first_date and graphs.last_date
            and acts.acted_at <= graphs.as_of
            and (graphs.population = 'everyone' or acts.is_among_members)
            -- what has no time may have come after the origin: a test must not see it
            and (graphs.origin is null or acts.occurred_at is not null)
    group by graphs.graph_id, acts.from_no, acts.to_no

)

select
    counted.*,
    {{ reach_weight('counted') }} as weight
from counted
