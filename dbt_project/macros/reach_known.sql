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

{#- the column's name is a word of SQL's own: quoted where it is made, qualified where it is read -#}
{% macro reach_window() -%}
    {{ adapter.quote('window') }}
{%- endmacro %}

{#- a select of k from 1 to `last` -#}
{% macro reach_numbers(last) -%}
    {%- for k in range(1, last + 1) %}
    select {{ k }} as k
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- a select of the words, one a row -#}
{% macro reach_rows(name, words) -%}
    {%- for word in words %}
    select '{{ word }}' as {{ name }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
