{#- lists, one branch an engine -#}

{#- select-list expression: one row an element -#}
{% macro explode(list) -%}{{ adapter.dispatch('explode')(list) }}{%- endmacro %}
{% macro duckdb__explode(list) -%}unnest({{ list }}){%- endmacro %}
{% macro spark__explode(list) -%}explode({{ list }}){%- endmacro %}

{#- the group's distinct known values, sorted -#}
{% macro sorted_list(value) -%}{{ adapter.dispatch('sorted_list')(value) }}{%- endmacro %}
{% macro duckdb__sorted_list(value) -%}
    coalesce(list(distinct {{ value }} order by {{ value }}) filter (where {{ value }} is not null), cast([] as varchar[]))
{%- endmacro %}
{% macro spark__sorted_list(value) -%}
    array_sort(collect_set({{ value }}))
{%- endmacro %}

{% macro no_list() -%}{{ adapter.dispatch('no_list')() }}{%- endmacro %}
{% macro duckdb__no_list() -%}cast([] as varchar[]){%- endmacro %}
{% macro spark__no_list() -%}cast(array() as array<string>){%- endmacro %}

{#- the whole numbers from first to last, both included -#}
{% macro whole_numbers(first, last) -%}{{ adapter.dispatch('whole_numbers')(first, last) }}{%- endmacro %}
{% macro duckdb__whole_numbers(first, last) -%}range({{ first }}, {{ last }} + 1){%- endmacro %}
{% macro spark__whole_numbers(first, last) -%}sequence({{ first }}, {{ last }}){%- endmacro %}

{#- the words of a text, white space between them -#}
{% macro words(text) -%}{{ adapter.dispatch('words')(text) }}{%- endmacro %}
{% macro duckdb__words(text) -%}string_split_regex(trim({{ text }}), '\s+'){%- endmacro %}
{% macro spark__words(text) -%}split(trim({{ text }}), '\\s+'){%- endmacro %}
