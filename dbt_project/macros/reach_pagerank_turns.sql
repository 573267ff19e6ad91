{#- `turns` iterations of PageRank as one statement. Masses come in units of 2^-was and go out in units of 2^-digits; the
    last two iterations stand side by side, so that what moved can be read off. Node -graph_id holds the graph's base. -#}
{% macro reach_pagerank_turns(old, digits, was, turns) -%}
    with mass_0 as (

        select
            node,
            graph_id,
            round(mass * {{ 2.0 ** (digits - was) }}) as mass
        from {{ old }}

    ),
    {% for turn in range(1, turns + 1) %}
    inflow_{{ turn }} as (

        select
            steps.to_node as node,
            sum(round(steps.share * old.mass)) as mass
        from {{ reach_scratch('steps') }} as steps
        inner join mass_{{ turn - 1 }} as old
            on steps.from_node = old.node
        group by steps.to_node

    ),

    flows_{{ turn }} as (

        select
            inflow.node,
            inflow.mass,
            receivers.graph_id
        from inflow_{{ turn }} as inflow
        inner join {{ reach_scratch('receivers') }} as receivers
            on inflow.node = receivers.node

    ),

    totals_{{ turn }} as (

        select
            graph_id,
            sum(cast(mass as bigint)) as mass
        from flows_{{ turn }}
        group by graph_id

    ),

    bases_{{ turn }} as (

        select
            sizes.graph_id,
            round({{ 2 ** digits }}e0 - coalesce(totals.mass, 0) / cast(sizes.nodes as double)) as mass
        from {{ reach_scratch('sizes') }} as sizes
        left join totals_{{ turn }} as totals
            on sizes.graph_id = totals.graph_id

    ),

    mass_{{ turn }} as (

        select
            flows.node,
            flows.graph_id,
            flows.mass + bases.mass as mass
        from flows_{{ turn }} as flows
        inner join bases_{{ turn }} as bases
            on flows.graph_id = bases.graph_id
        union all
        select
            cast(-graph_id as integer) as node,
            graph_id,
            mass
        from bases_{{ turn }}

    ){{ ',' if not loop.last }}
    {% endfor %}
    select
        new.node,
        new.graph_id,
        new.mass,
        old.mass as mass_before
    from mass_{{ turns }} as new
    inner join mass_{{ turns - 1 }} as old
        on new.node = old.node
{%- endmacro %}
