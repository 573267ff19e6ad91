{#- the scratch tables of the PageRank loop -#}

{#- stores who sends how much, who receives, and what share of a sender's mass each edge carries -#}
{% macro reach_pagerank_start(graph, damping) -%}
    {%- do reach_store('sizes', 'select graph_id, count(*) as nodes from ' ~ graph ~ ' where to_node is null group by graph_id') -%}
    {%- do reach_store('receivers', 'select to_node as node, max(graph_id) as graph_id from ' ~ graph ~ ' where pull > 0 group by to_node') -%}
    {%- do reach_store('senders',
        'select sent.node, cast(sent.pull as double) as pull, cast(coalesce(receivers.node, -sent.graph_id) as integer) as stands_at '
        ~ 'from (select from_node as node, max(graph_id) as graph_id, sum(pull) as pull from ' ~ graph ~ ' where pull > 0 group by from_node) as sent '
        ~ 'left join ' ~ reach_scratch('receivers') ~ ' as receivers on sent.node = receivers.node'
    ) -%}
    {%- do reach_store('steps',
        'select edges.graph_id, edges.to_node, senders.stands_at as from_node, ' ~ damping ~ 'e0 * cast(edges.pull as double) / senders.pull as share '
        ~ 'from ' ~ graph ~ ' as edges inner join ' ~ reach_scratch('senders') ~ ' as senders on edges.from_node = senders.node '
        ~ 'where edges.pull > 0'
    ) -%}
{%- endmacro %}

{#- everybody holds one -#}
{% macro reach_pagerank_first() -%}
    select node, graph_id, 1e0 as mass from {{ reach_scratch('receivers') }}
    union all
    select cast(-graph_id as integer) as node, graph_id, 1e0 as mass from {{ reach_scratch('sizes') }}
{%- endmacro %}

{#- puts the graphs that no longer move aside, so that a small slow one does not keep the large ones turning -#}
{% macro reach_pagerank_settle(name, still) -%}
    {%- set among = ' in (' ~ still | join(', ') ~ ')' -%}
    {%- do reach_store(name, 'select node, mass from ' ~ reach_scratch('next') ~ ' where graph_id not' ~ among) -%}
    {%- do reach_store('mass', 'select node, graph_id, mass from ' ~ reach_scratch('next') ~ ' where graph_id' ~ among) -%}
    {%- for table in ['steps', 'sizes', 'receivers'] -%}
        {%- do reach_store('next', 'select * from ' ~ reach_scratch(table) ~ ' where graph_id' ~ among) -%}
        {%- do reach_store(table, 'select * from ' ~ reach_scratch('next')) -%}
    {%- endfor -%}
{%- endmacro %}
