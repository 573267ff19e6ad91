{#- Whom to ask first: greedy cover. Each pick is the node that adds most to the audience not yet reached; ties go to the
    smaller node. Body: graph_id, from_node (one of the audience), to_node (who reaches it).
    Result: graph_id, k, node, gain; a graph ends when nobody adds anyone, or after `picks`. -#}
{% macro reach_cover(graph, settings) -%}
    {%- set at = namespace(old='x0', new='x1', open=1, picks=[]) -%}
    {%- do reach_store('x0', 'select graph_id, from_node, to_node from ' ~ graph) -%}
    {%- do reach_store('pick0', 'select graph_id, 0 as k, to_node as node, cast(0 as bigint) as gain from ' ~ graph ~ ' where 1 = 0') -%}
    {%- do at.picks.append('pick0') -%}
    {%- for k in range(1, settings.get('picks', 20) + 1) if at.open > 0 -%}
        {%- do reach_store('pick' ~ k, reach_cover_best(reach_scratch(at.old), k)) -%}
        {%- do at.picks.append('pick' ~ k) -%}
        {%- set at.open = reach_value('select count(*) from ' ~ reach_scratch('pick' ~ k)) | trim | int -%}
        {%- if at.open > 0 -%}
            {%- do reach_store(at.new, reach_cover_left(reach_scratch(at.old), reach_scratch('pick' ~ k))) -%}
            {%- set held = at.old -%}
            {%- set at.old = at.new -%}
            {%- set at.new = held -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do reach_forget(['x0', 'x1']) -%}
    {%- for pick in at.picks %}
    select graph_id, k, node, gain from {{ reach_scratch(pick) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro reach_cover_best(graph, k) -%}
    with gains as (

        select
            graph_id,
            to_node,
            count(*) as gain
        from {{ graph }}
        group by graph_id, to_node

    ),

    ranked as (

        select
            graph_id,
            to_node,
            gain,
            row_number() over (
                partition by graph_id
                order by gain desc, to_node
            ) as place
        from gains

    )

    select
        graph_id,
        {{ k }} as k,
        to_node as node,
        gain
    from ranked
    where place = 1
{%- endmacro %}

{% macro reach_cover_left(graph, pick) -%}
    with reached as (

        select edges.from_node
        from {{ graph }} as edges
        inner join {{ pick }} as picked
            on edges.graph_id = picked.graph_id and edges.to_node = picked.node

    )

    select
        edges.graph_id,
        edges.from_node,
        edges.to_node
    from {{ graph }} as edges
    left join reached
        on edges.from_node = reached.from_node
    where reached.from_node is null
{%- endmacro %}
