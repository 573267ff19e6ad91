{#- `turns` iterations of PageRank as one statement. Masses come in units of 2^-was and go out in units of 2^-digits; the
    last two iterations stand side by side, so that what moved can be read off. Whole numbers below 2^53 add up exactly as
    doubles, which is quicker; `is_wide` is for those above. -#}
{% macro reach_pagerank_turns(old, digits, was, turns, is_wide) -%}
    with mass_0 as (

        select
            node,
            round(mass * {{ 2.0 ** (digits - was) }}) as mass
        from {{ old }}

    ),
    {% for turn in range(1, turns + 1) %}
    flows_{{ turn }} as (

        select
            steps.to_node as node,
            {% if is_wide -%}
            cast(sum(cast(round(steps.share * old.mass) as bigint)) as double) as mass
            {%- else -%}
            sum(round(steps.share * old.mass)) as mass
            {%- endif %}
        from {{ reach_scratch('steps') }} as steps
        inner join mass_{{ turn - 1 }} as old
            on steps.from_node = old.node
        group by steps.to_node

    ),

    mass_{{ turn }} as (

        select
            node,
            mass
        from flows_{{ turn }}
        where node >= 0
        union all
        select
            cast(-sizes.graph_id as integer) as node,
            round({{ 2 ** digits }}e0 - coalesce(flows.mass, 0) * sizes.unit / sizes.nodes) as mass
        from {{ reach_scratch('sizes') }} as sizes
        left join flows_{{ turn }} as flows
            on flows.node = -sizes.graph_id

    ){{ ',' if not loop.last }}
    {% endfor %}
    select
        new.node,
        places.graph_id,
        new.mass,
        abs(new.mass - old.mass) / (new.mass + {{ 0.15 * 2 ** digits }}) as moved
    from mass_{{ turns }} as new
    inner join mass_{{ turns - 1 }} as old
        on new.node = old.node
    inner join {{ reach_scratch('places') }} as places
        on new.node = places.node
{%- endmacro %}
