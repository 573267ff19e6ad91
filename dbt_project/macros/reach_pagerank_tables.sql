{#- the scratch tables of the PageRank loop -#}

{#- sizes: nodes of each graph, and the unit its total is added up in, so that it too stays below 2^53.
    places: where mass is kept: receivers, and node -graph_id for the base.
    steps: what share of the mass kept at one place flows to another: along edges; from the base to each receiver, for all
    who send to it hold the base too; and into the total, from which the next base follows. -#}
{% macro reach_pagerank_start(graph, damping) -%}
    {%- do reach_store('sizes',
        'select graph_id, cast(count(*) as double) as nodes, power(2e0, greatest(0, ceil(log2(count(*))) - 8)) as unit from '
        ~ graph ~ ' where to_node is null group by graph_id') -%}
    {%- do reach_store('places',
        'select to_node as node, max(graph_id) as graph_id from ' ~ graph ~ ' where pull > 0 group by to_node '
        ~ 'union all select cast(-graph_id as integer) as node, graph_id from ' ~ reach_scratch('sizes')) -%}
    {%- do reach_store('senders',
        'select sent.node, sent.graph_id, sent.pull, places.node as kept_at from (select from_node as node, max(graph_id) as graph_id, '
        ~ 'cast(sum(pull) as double) as pull from ' ~ graph ~ ' where pull > 0 group by from_node) as sent '
        ~ 'left join ' ~ reach_scratch('places') ~ ' as places on sent.node = places.node') -%}
    {#- an edge from where no mass is kept stays without effect but for its share of the base -#}
    {%- do reach_store('steps',
        'select edges.graph_id, senders.kept_at as from_node, edges.to_node, ' ~ damping ~ 'e0 * cast(edges.pull as double) / senders.pull as share '
        ~ 'from ' ~ graph ~ ' as edges inner join ' ~ reach_scratch('senders') ~ ' as senders on edges.from_node = senders.node '
        ~ 'where edges.pull > 0') -%}
    {%- do run_query('insert into ' ~ reach_scratch('steps') ~ reach_pagerank_base(damping)) -%}
{%- endmacro %}

{#- from the base to each receiver, in whole units of 2^-50: exact in any order; and from all into the total -#}
{% macro reach_pagerank_base(damping) %}
    select
        max(graph_id) as graph_id,
        cast(-max(graph_id) as integer) as from_node,
        to_node,
        sum(cast(round(share * {{ 2 ** 50 }}e0) as bigint)) / {{ 2 ** 50 }}e0 as share
    from {{ reach_scratch('steps') }}
    group by to_node
    union all
    select
        sizes.graph_id,
        senders.kept_at as from_node,
        cast(-sizes.graph_id as integer) as to_node,
        {{ damping }}e0 / sizes.unit as share
    from {{ reach_scratch('senders') }} as senders
    inner join {{ reach_scratch('sizes') }} as sizes
        on senders.graph_id = sizes.graph_id
    where senders.kept_at is not null
    union all
    select
        sizes.graph_id,
        cast(-sizes.graph_id as integer) as from_node,
        cast(-sizes.graph_id as integer) as to_node,
        {{ damping }}e0 * count(*) / sizes.unit as share
    from {{ reach_scratch('senders') }} as senders
    inner join {{ reach_scratch('sizes') }} as sizes
        on senders.graph_id = sizes.graph_id
    group by sizes.graph_id, sizes.unit
{%- endmacro %}

{#- everybody holds one: the base of a graph, and nothing flowed yet -#}
{% macro reach_pagerank_first() -%}
    select node, graph_id, case when node < 0 then 1e0 else 0e0 end as mass
    from {{ reach_scratch('places') }}
{%- endmacro %}

{#- puts the graphs that no longer move aside, so that a small slow one does not keep the large ones turning -#}
{% macro reach_pagerank_settle(name, new, old, still) -%}
    {%- set among = ' in (' ~ still | join(', ') ~ ')' -%}
    {%- do reach_store(name, 'select node, mass from ' ~ reach_scratch(new) ~ ' where graph_id not' ~ among) -%}
    {%- do reach_store(old, 'select node, mass from ' ~ reach_scratch(new) ~ ' where graph_id' ~ among) -%}
    {%- for table in ['steps', 'sizes'] -%}
        {%- do reach_store('kept', 'select * from ' ~ reach_scratch(table) ~ ' where graph_id' ~ among) -%}
        {%- do reach_store(table, 'select * from ' ~ reach_scratch('kept')) -%}
    {%- endfor -%}
{%- endmacro %}
