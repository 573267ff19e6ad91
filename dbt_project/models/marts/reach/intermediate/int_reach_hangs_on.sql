{{ config(schema='intermediate') }}
-- acts and answered threads by the smallest k for which the k most active touch them, or alone answer them
with actives as (

    select * from {{ ref('int_reach_actives') }}

),

graphs as (

    select * from {{ ref('int_reach_graphs') }}

),

pairs as (

    select * from {{ ref('int_reach_pairs') }}

),

scopes as (

    select * from {{ ref('int_scopes') }}

),

people as (

    select * from {{ ref('int_reach_people') }}

),

messages as (

    select
        messages.*,
        people.member_no
    from {{ ref('fct_messages') }} as messages
    inner join people
        on messages.member_key = people.member_key
    where messages.is_counted and messages.thread_key is not null

),

touched as (

    select
        pairs.graph_id,
        least(givers.place, receivers.place) as place,
        sum(
            pairs.replies_count + pairs.thread_replies_count + pairs.mentions_count + pairs.reactions_count + pairs.reposts_count
        ) as acts_count
    from pairs
    inner join actives as givers
        on pairs.graph_id = givers.graph_id and pairs.from_no = givers.member_no
    inner join actives as receivers
        on pairs.graph_id = receivers.graph_id and pairs.to_no = receivers.member_no
    group by pairs.graph_id, least(givers.place, receivers.place)

),

-- threads opened and answered by others in the window, within the population; they hang on the least active who answered
answered as (

    select
        graphs.graph_id,
        openers.thread_key,
        max(actives.place) as place
    from messages as openers
    inner join scopes
        on openers.source = scopes.source
    inner join graphs
        on
            scopes.scope = graphs.scope
            and openers.local_date between graphs.first_date and graphs.last_date
            and openers.created_at <= graphs.as_of
    inner join actives as opening
        on graphs.graph_id = opening.graph_id and openers.member_no = opening.member_no
    inner join messages as answers
        on
            openers.thread_key = answers.thread_key
            and openers.member_no <> answers.member_no
            and answers.kind <> 'post'
            and graphs.first_date <= answers.local_date
            and graphs.as_of >= answers.created_at
    inner join actives
        on graphs.graph_id = actives.graph_id and answers.member_no = actives.member_no
    where openers.kind = 'post'
    group by graphs.graph_id, openers.thread_key

)

select
    graph_id,
    place,
    cast(acts_count as bigint) as acts_count,
    cast(0 as bigint) as threads_count
from touched
union all
select
    graph_id,
    place,
    cast(0 as bigint) as acts_count,
    count(*) as threads_count
from answered
group by graph_id, place
