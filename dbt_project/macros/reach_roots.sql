{#- The root of every tree of answers, and how far from it each stands, by doubling: each points at whom its pointer
    points at, so that a chain of a thousand takes ten rounds. Body: node, parent. Result: node, root, distance, of all
    that have a parent; those whose pointers run in a circle have no root and are left out. -#}
{% macro reach_roots(graph, settings) -%}
    {%- set at = namespace(old='x0', new='x1', open=-1, before=-2) -%}
    {%- do reach_store('x0', 'select node, parent as root, cast(1 as bigint) as distance from ' ~ graph) -%}
    {%- do reach_store('children', 'select node from ' ~ reach_scratch('x0')) -%}
    {%- for _ in range(64) if at.open != 0 and at.open != at.before -%}
        {%- do reach_store(at.new,
            'select own.node, coalesce(next.root, own.root) as root, own.distance + coalesce(next.distance, 0) as distance '
            ~ 'from ' ~ reach_scratch(at.old) ~ ' as own left join ' ~ reach_scratch(at.old) ~ ' as next on own.root = next.node'
        ) -%}
        {%- set held = at.old -%}
        {%- set at.old = at.new -%}
        {%- set at.new = held -%}
        {%- set at.before = at.open -%}
        {%- set at.open = reach_value('select count(*) from ' ~ reach_scratch(at.old) ~ ' as own inner join '
            ~ reach_scratch('children') ~ ' as next on own.root = next.node') | trim | int -%}
    {%- endfor -%}
    {%- do reach_forget([at.new]) -%}
    select
        own.node,
        own.root,
        own.distance
    from {{ reach_scratch(at.old) }} as own
    left join {{ reach_scratch('children') }} as next
        on own.root = next.node
    where next.node is null
{%- endmacro %}
