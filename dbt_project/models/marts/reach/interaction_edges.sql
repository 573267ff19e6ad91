-- each act fades by half every half-life; summed in whole units of 2^-40, so that any order gives the same bits
{%- set unit = '1099511627776e0' %}
with acts as (

    select * from {{ ref('int_reach_acts') }}

),

people as (

    select * from {{ ref('int_reach_people') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

weights as (

    select * from {{ ref('reach_weights') }}

),

shown as (

    select * from {{ ref('int_reach_scopes') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}
    where window_name = 'all' and population = 'everyone' and origin is null

),

counted as (

    select
        graphs.scope,
        graphs.last_date,
        acts.from_no,
        acts.to_no,
        acts.is_among_members,
        max(weights.half_life_days) as half_life_days,
        {{- reach_counts_by_kind('acts.kind') }},
        count(case when acts.occurred_at is null then 1 end) as undated_count,
        sum(cast(round(
            weights.weight * {{ unit }}
            * power(2e0, {{ days_between('graphs.last_date', 'acts.acted_date') }} / weights.half_life_days)
        ) as bigint)) / {{ unit }} as decayed_weight,
        min(acts.occurred_at) as first_at,
        max(acts.occurred_at) as last_at
    from acts
    inner join weights
        on acts.kind = weights.kind
    inner join scopes
        on acts.source = scopes.source
    inner join graphs
        on scopes.scope = graphs.scope and acts.acted_at <= graphs.as_of
    group by graphs.scope, graphs.last_date, acts.from_no, acts.to_no, acts.is_among_members

)

select
    shown.scope,
    givers.member_key as from_member_key,
    receivers.member_key as to_member_key,
    counted.is_among_members,
    counted.replies_count,
    counted.thread_replies_count,
    counted.mentions_count,
    counted.reactions_count,
    counted.reposts_count,
    counted.undated_count,
    {{ reach_weight('counted') }} as weight,
    counted.decayed_weight,
    counted.decayed_weight
    * power(2e0, {{ days_between(reach_landmark(), 'counted.last_date') }} / counted.half_life_days) as forward_weight,
    counted.first_at,
    counted.last_at
from counted
inner join shown
    on counted.scope = shown.graph_scope
inner join people as givers
    on counted.from_no = givers.member_no
inner join people as receivers
    on counted.to_no = receivers.member_no
