{#- Weighted PageRank of many graphs in one loop, damping .85, the mass of those who point at nobody spread evenly.
    Body: graph_id (1 and up), from_node, to_node (whole numbers, no two graphs share one), pull (whole, 0 is no edge);
    a node stands once more with from_node = itself, to_node NULL. Result: graph_id, node, pagerank (sums to 1 a graph).

    Mass is kept in whole numbers below 2^53, so that sums are exact in any order: two runs, on any number of threads,
    agree to the last bit, and equal nodes stay equal. What a node holds is its graph's base (teleport and dangling mass,
    the same for all) plus its inflow. Those into whom nothing flows hold the base alone: node -graph_id stands for them. -#}
{% macro reach_pagerank(graph, settings) -%}
    {%- set damping, most, close = settings.get('damping', 0.85), settings.get('iterations', 240), settings.get('tolerance', 1e-11) -%}
    {%- set turns = settings.get('turns', 4) -%}
    {%- do reach_wide_groups() -%}
    {%- do reach_pagerank_start(graph, damping) -%}
    {%- set largest = run_query('select max(nodes) from ' ~ reach_scratch('sizes')).rows[0][0] or 1 -%}
    {%- set at = namespace(old='x0', new='x1', change=1.0, digits=52 - reach_digits(largest) | trim | int, was=0) -%}
    {%- do reach_store('x0', reach_pagerank_first()) -%}
    {%- for _ in range(0, most, turns) if at.change > close -%}
        {%- do reach_store(at.new, reach_pagerank_turns(reach_scratch(at.old), at.digits, at.was, turns)) -%}
        {%- set held = at.old -%}
        {%- set at.old = at.new -%}
        {%- set at.new = held -%}
        {%- set seen = run_query('select max(abs(mass - mass_before) / mass), max(mass) from ' ~ reach_scratch(at.old)).rows[0] -%}
        {%- set at.change = (seen[0] or 0) | float -%}
        {#- as many digits as leave room for the greatest mass to grow fourfold -#}
        {%- set at.was = at.digits -%}
        {%- set at.digits = [at.was + 50 - reach_digits(seen[1] or 1) | trim | int, 44] | min -%}
    {%- endfor -%}
    {%- if at.change > [close, 1e-9] | max -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": PageRank still moves by " ~ at.change ~ " after " ~ most ~ " iterations: raise meta.reach.iterations"
        ) }}
    {%- endif -%}
    {%- do reach_forget(['steps', 'receivers', 'senders', at.new]) -%}
    {%- do reach_usual_groups() -%}
    {{ reach_pagerank_result(graph, reach_scratch(at.old)) }}
{%- endmacro %}

{#- binary digits of the whole part -#}
{% macro reach_digits(number) -%}
    {%- set at = namespace(digits=0) -%}
    {%- for digits in range(1, 64) if number | float >= 2 ** (digits - 1) -%}
        {%- set at.digits = digits -%}
    {%- endfor -%}
    {{ at.digits }}
{%- endmacro %}

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
        'select edges.to_node, senders.stands_at as from_node, ' ~ damping ~ 'e0 * cast(edges.pull as double) / senders.pull as share '
        ~ 'from ' ~ graph ~ ' as edges inner join ' ~ reach_scratch('senders') ~ ' as senders on edges.from_node = senders.node '
        ~ 'where edges.pull > 0'
    ) -%}
{%- endmacro %}

{#- everybody holds one -#}
{% macro reach_pagerank_first() -%}
    select node, 1e0 as mass from {{ reach_scratch('receivers') }}
    union all
    select cast(-graph_id as integer) as node, 1e0 as mass from {{ reach_scratch('sizes') }}
{%- endmacro %}

{% macro reach_pagerank_result(graph, masses) -%}
    with masses as (

        select * from {{ masses }}

    ),

    held as (

        select
            nodes.graph_id,
            nodes.from_node as node,
            cast(coalesce(masses.mass, bases.mass) as bigint) as mass
        from {{ graph }} as nodes
        inner join masses as bases
            on bases.node = -nodes.graph_id
        left join masses
            on nodes.from_node = masses.node
        where nodes.to_node is null

    ),

    totals as (

        select
            graph_id,
            sum(mass) as mass
        from held
        group by graph_id

    )

    select
        held.graph_id,
        held.node,
        cast(held.mass as double) / totals.mass as pagerank
    from held
    inner join totals
        on held.graph_id = totals.graph_id
{%- endmacro %}
