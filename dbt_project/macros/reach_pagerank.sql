{#- Weighted PageRank of many graphs in one loop, damping .85, the mass of those who point at nobody spread evenly.
    Body: graph_id (1 and up), from_node, to_node (whole numbers, no two graphs share one), pull (whole, 0 is no edge);
    a node stands once more with from_node = itself, to_node NULL. Result: graph_id, node, pagerank (sums to 1 a graph).

    Mass is kept in whole numbers, so that sums are exact in any order: two runs, on any number of threads, agree to the
    last bit, and equal nodes stay equal. What a node holds is its graph's base (teleport and dangling mass, the same
    for all) plus its inflow; those into whom nothing flows are never stored: one row a graph, node -graph_id, stands for them. -#}
{% macro reach_pagerank(graph, settings) -%}
    {%- set damping, most, close = settings.get('damping', 0.85), settings.get('iterations', 250), settings.get('tolerance', 1e-11) -%}
    {%- set one = 2 ** (reach_pagerank_start(graph, damping) | trim | int) -%}
    {#- nearer than a few units of the last digit nothing settles -#}
    {%- set enough = [close, 64 / one] | max -%}
    {%- set at = namespace(old='x0', new='x1', done=false, round=0, change=1.0) -%}
    {%- do reach_store('x0', reach_pagerank_first(one)) -%}
    {%- for _ in range(most) if not at.done -%}
        {%- do reach_pagerank_step(at.old, at.new, one) -%}
        {%- set at.round = at.round + 1 -%}
        {%- if at.round % 3 == 0 -%}
            {%- set at.change = reach_value(
                'select max(abs(new.mass - old.mass) / cast(old.mass as double)) from ' ~ reach_scratch(at.new) ~ ' as new inner join '
                ~ reach_scratch(at.old) ~ ' as old on new.node = old.node'
            ) | trim | float -%}
            {%- set at.done = at.change <= enough -%}
        {%- endif -%}
        {%- set held = at.old -%}
        {%- set at.old = at.new -%}
        {%- set at.new = held -%}
    {%- endfor -%}
    {%- if not at.done and at.change > [enough, 1e-9] | max -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": PageRank still moves by " ~ at.change ~ " after " ~ most ~ " iterations: raise meta.reach.iterations"
        ) }}
    {%- endif -%}
    {%- do reach_forget(['steps', 'receivers', 'senders', 'inflow', at.new]) -%}
    {{ reach_pagerank_result(graph, reach_scratch(at.old)) }}
{%- endmacro %}

{#- stores who sends how much, who receives, and what share of a sender's mass each edge carries; renders the binary digits of one -#}
{% macro reach_pagerank_start(graph, damping) -%}
    {%- do reach_store('sizes', 'select graph_id, count(*) as nodes from ' ~ graph ~ ' where to_node is null group by graph_id') -%}
    {%- do reach_store('senders', 'select from_node, sum(pull) as pull from ' ~ graph ~ ' where pull > 0 group by from_node') -%}
    {%- do reach_store('receivers', 'select to_node as node, max(graph_id) as graph_id from ' ~ graph ~ ' where pull > 0 group by to_node') -%}
    {%- do reach_store('steps',
        'select edges.to_node, cast(coalesce(receivers.node, -edges.graph_id) as integer) as from_node, '
        ~ 'cast(' ~ damping ~ 'e0 * edges.pull / senders.pull as double) as share '
        ~ 'from ' ~ graph ~ ' as edges '
        ~ 'inner join ' ~ reach_scratch('senders') ~ ' as senders on edges.from_node = senders.from_node '
        ~ 'left join ' ~ reach_scratch('receivers') ~ ' as receivers on edges.from_node = receivers.node '
        ~ 'where edges.pull > 0'
    ) -%}
    {#- the whole mass of the largest graph stays under 2^62 -#}
    {{- 61 - (reach_value('select ceil(log2(max(nodes))) from ' ~ reach_scratch('sizes')) | trim | float | int) -}}
{%- endmacro %}

{#- everybody holds one -#}
{% macro reach_pagerank_first(one) -%}
    select node, cast({{ one }} as bigint) as mass from {{ reach_scratch('receivers') }}
    union all
    select cast(-graph_id as integer) as node, cast({{ one }} as bigint) as mass from {{ reach_scratch('sizes') }}
{%- endmacro %}

{% macro reach_pagerank_step(old, new, one) -%}
    {%- do reach_store('inflow',
        'select steps.to_node as node, cast(sum(cast(round(steps.share * old.mass) as bigint)) as bigint) as mass '
        ~ 'from ' ~ reach_scratch('steps') ~ ' as steps inner join ' ~ reach_scratch(old) ~ ' as old on steps.from_node = old.node '
        ~ 'group by steps.to_node'
    ) -%}
    {%- do reach_store(new,
        'with flows as (select inflow.node, inflow.mass, receivers.graph_id from ' ~ reach_scratch('inflow') ~ ' as inflow '
        ~ 'inner join ' ~ reach_scratch('receivers') ~ ' as receivers on inflow.node = receivers.node), '
        ~ 'totals as (select graph_id, sum(mass) as mass from flows group by graph_id), '
        ~ 'bases as (select sizes.graph_id, cast(round(' ~ one ~ ' - coalesce(totals.mass, 0) / cast(sizes.nodes as double)) as bigint) as mass '
        ~ 'from ' ~ reach_scratch('sizes') ~ ' as sizes left join totals on sizes.graph_id = totals.graph_id) '
        ~ 'select flows.node, flows.mass + bases.mass as mass from flows inner join bases on flows.graph_id = bases.graph_id '
        ~ 'union all select cast(-graph_id as integer) as node, mass from bases'
    ) -%}
{%- endmacro %}

{% macro reach_pagerank_result(graph, masses) -%}
    with masses as (

        select * from {{ masses }}

    ),

    held as (

        select
            nodes.graph_id,
            nodes.from_node as node,
            coalesce(masses.mass, bases.mass) as mass
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
