{#- Weighted PageRank of many graphs in one loop, damping .85, the mass of those who point at nobody spread evenly.
    Body: graph_id (1 and up), from_node, to_node (whole numbers, no two graphs share one), pull (whole, 0 is no edge);
    a node stands once more with from_node = itself, to_node NULL. Result: graph_id, node, pagerank (sums to 1 a graph).

    Mass is kept in whole numbers, so that sums are exact in any order: two runs, on any number of threads,
    agree to the last bit, and equal nodes stay equal. What a node holds is its graph's base (teleport and dangling mass,
    the same for all) plus what flowed in. Only the inflow of receivers is kept, and the base once, at node -graph_id. -#}
{% macro reach_pagerank(graph, settings) -%}
    {%- set damping, most, close = settings.get('damping', 0.85), settings.get('iterations', 240), settings.get('tolerance', 1e-11) -%}
    {%- set turns = settings.get('turns', 4) -%}
    {%- do reach_wide_groups() -%}
    {%- do reach_pagerank_start(graph, damping) -%}
    {%- set largest = run_query('select max(nodes) from ' ~ reach_scratch('sizes')).rows[0][0] or 1 -%}
    {%- set at = namespace(moving=true, digits=[60 - reach_digits(largest) | trim | int, 44] | min, was=0, is_wide=true,
        settled=[], change=0.0, old='mass0', new='mass1', moved={}) -%}
    {%- do reach_store('mass0', reach_pagerank_first()) -%}
    {%- for turn in range(0, most, turns) if at.moving -%}
        {%- do reach_store(at.new, reach_pagerank_turns(reach_scratch(at.old), at.digits, at.was, turns, at.is_wide)) -%}
        {%- set seen = run_query(
            'select graph_id, max(moved), max(mass) from ' ~ reach_scratch(at.new) ~ ' group by graph_id'
        ).rows -%}
        {%- set still = [] -%}
        {%- set heights = [1] -%}
        {%- set changes = [0.0] -%}
        {%- for row in seen -%}
            {%- set moved, before = row[1] | float, at.moved.get(row[0], 1.0) -%}
            {%- do at.moved.update({row[0]: moved}) -%}
            {#- what moves by next to nothing, and hardly less than before, moves by rounding alone -#}
            {%- if moved > close and (moved > 1e-10 or moved < before * 0.6) -%}
                {%- do still.append(row[0] | int) -%}
                {%- do changes.append(moved) -%}
                {%- do heights.append(row[2] | float) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set at.moving = still | length > 0 -%}
        {%- set at.change = changes | max -%}
        {%- if still | length < seen | length and still -%}
            {%- do at.settled.append('settled' ~ turn) -%}
            {%- do reach_pagerank_settle(at.settled[-1], at.new, at.old, still) -%}
        {%- else -%}
            {%- set held = at.old -%}
            {%- set at.old = at.new -%}
            {%- set at.new = held -%}
        {%- endif -%}
        {#- as many digits as leave room for the greatest mass to grow; where a hub leaves a double too few, sums are wide -#}
        {%- set room = at.digits - reach_digits(heights | max) | trim | int -%}
        {%- set at.was = at.digits -%}
        {%- set at.is_wide = room + 50 < 40 -%}
        {%- set at.digits = [room + (58 if at.is_wide else 50), 44] | min -%}
    {%- endfor -%}
    {%- if at.change > [close, 1e-9] | max -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": PageRank still moves by " ~ at.change ~ " after " ~ most ~ " iterations: raise meta.reach.iterations"
        ) }}
    {%- endif -%}
    {%- do reach_forget(['steps', 'places', 'senders', 'kept', at.new]) -%}
    {%- do reach_usual_groups() -%}
    {{ reach_pagerank_result(graph, at.settled + [at.old]) }}
{%- endmacro %}

{#- binary digits of the whole part -#}
{% macro reach_digits(number) -%}
    {%- set at = namespace(digits=0) -%}
    {%- for digits in range(1, 64) if number | float >= 2 ** (digits - 1) -%}
        {%- set at.digits = digits -%}
    {%- endfor -%}
    {{ at.digits }}
{%- endmacro %}

{% macro reach_pagerank_result(graph, masses) -%}
    with masses as (
        {% for name in masses %}
        select node, mass from {{ reach_scratch(name) }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}

    ),

    held as (

        select
            nodes.graph_id,
            nodes.from_node as node,
            cast(coalesce(masses.mass, 0) + bases.mass as bigint) as mass
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
