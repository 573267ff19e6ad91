{#- The core number of every node: the largest k such that it lies in a part where everyone knows k others.
    Each holds its number of others; then the h-index of what its others hold, over and over, until nothing moves: that
    falls to the core number from above (Lü et al. 2016). Fewer rounds than peeling by degree, and a round asks only
    those beside someone who moved. Body: from_node, to_node, either direction or both. Result: node, k_core; nobody
    without others is in it. -#}
{% macro reach_k_core(graph, settings) -%}
    {%- set at = namespace(old='x0', new='x1', moved=1) -%}
    {%- do reach_store('beside', 'select from_node as node, to_node as other from ' ~ graph ~ ' where from_node <> to_node '
        ~ 'union select to_node as node, from_node as other from ' ~ graph ~ ' where from_node <> to_node order by node, other') -%}
    {%- do reach_store('x0', 'select node, count(*) as k from ' ~ reach_scratch('beside') ~ ' group by node') -%}
    {%- do reach_store('asked', 'select node from ' ~ reach_scratch('x0')) -%}
    {%- for _ in range(settings.get('iterations', 100000)) if at.moved > 0 -%}
        {%- do reach_store('moved', reach_k_core_moved(reach_scratch(at.old))) -%}
        {%- set at.moved = reach_value('select count(*) from ' ~ reach_scratch('moved')) | trim | int -%}
        {%- if at.moved > 0 -%}
            {%- do reach_store(at.new, 'select old.node, coalesce(moved.k, old.k) as k from ' ~ reach_scratch(at.old) ~ ' as old left join '
                ~ reach_scratch('moved') ~ ' as moved on old.node = moved.node') -%}
            {#- only who stands above a neighbour that fell can fall -#}
            {%- do reach_store('asked', 'select distinct beside.other as node from ' ~ reach_scratch('moved') ~ ' as moved inner join '
                ~ reach_scratch('beside') ~ ' as beside on moved.node = beside.node inner join ' ~ reach_scratch(at.new)
                ~ ' as other on beside.other = other.node where other.k > moved.k') -%}
            {%- set held = at.old -%}
            {%- set at.old = at.new -%}
            {%- set at.new = held -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do reach_forget(['beside', 'asked', 'moved', at.new]) -%}
    select
        node,
        k as k_core
    from {{ reach_scratch(at.old) }}
{%- endmacro %}

{#- those asked whose number falls -#}
{% macro reach_k_core_moved(old) -%}
    with levels as (

        select
            own.node,
            own.k,
            least(own.k, others.k) as level,
            count(*) as others_on_it
        from {{ reach_scratch('asked') }} as asked
        inner join {{ reach_scratch('beside') }} as beside
            on asked.node = beside.node
        inner join {{ old }} as own
            on beside.node = own.node
        inner join {{ old }} as others
            on beside.other = others.node
        group by own.node, own.k, least(own.k, others.k)

    ),

    stairs as (

        select
            node,
            k,
            level,
            sum(others_on_it) over (
                partition by node
                order by level desc
                rows between unbounded preceding and current row
            ) as others_above
        from levels

    )

    select
        node,
        cast(max(least(level, others_above)) as bigint) as k
    from stairs
    group by node, k
    having max(least(level, others_above)) < k
{%- endmacro %}
