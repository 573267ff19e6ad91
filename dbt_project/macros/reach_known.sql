{#- what a graph says, where enough of its window was observed; `graphs` is int_reach_graphs -#}
{% macro reach_known(value) -%}
    case when graphs.is_known then {{ value }} end
{%- endmacro %}

{#- bands, not ranks: among the first 10, 50 or 200 of those who score at all -#}
{% macro reach_band(place, score) -%}
    case
        when not graphs.is_known or {{ score }} <= 0 then null
        when {{ place }} <= 10 then 10
        when {{ place }} <= 50 then 50
        when {{ place }} <= 200 then 200
    end
{%- endmacro %}
