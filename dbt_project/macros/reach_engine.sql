{#- what the graph loops need of an engine: scratch tables, a quick aggregate setting, a number read back -#}

{#- the loop's table of this name; the model's own name keeps loops apart that run side by side -#}
{% macro reach_scratch(name) -%}
    {{ adapter.dispatch('reach_scratch')(name) }}
{%- endmacro %}
{% macro duckdb__reach_scratch(name) -%}
    {{ model.name }}__{{ name }}
{%- endmacro %}
{% macro spark__reach_scratch(name) -%}
    {{ model.schema }}.{{ model.name }}__{{ name }}
{%- endmacro %}

{#- writes a select into the loop's table of this name, in place of what it held; several spare Spark its nested plans -#}
{% macro reach_store(name, query) -%}
    {{ adapter.dispatch('reach_store')(name, query) }}
{%- endmacro %}
{% macro duckdb__reach_store(name, query) -%}
    {%- do run_query('create or replace temp table ' ~ reach_scratch(name) ~ ' as ' ~ query) -%}
{%- endmacro %}
{% macro spark__reach_store(name, query) -%}
    {%- do run_query('drop table if exists ' ~ reach_scratch(name)) -%}
    {%- do run_query('create table ' ~ reach_scratch(name) ~ ' using parquet as ' ~ query) -%}
{%- endmacro %}

{#- gives a select the name of a scratch table: what is read a few times need not be written once more -#}
{% macro reach_show(name, query) -%}
    {{ adapter.dispatch('reach_show')(name, query) }}
{%- endmacro %}
{% macro duckdb__reach_show(name, query) -%}
    {%- do run_query('create or replace temp view ' ~ reach_scratch(name) ~ ' as ' ~ query) -%}
{%- endmacro %}
{% macro spark__reach_show(name, query) -%}
    {{ reach_store(name, query) }}
{%- endmacro %}

{% macro reach_forget(names) -%}
    {%- for name in names -%}
        {%- do run_query('drop table if exists ' ~ reach_scratch(name)) -%}
    {%- endfor -%}
{%- endmacro %}

{#- the one value of a query, as text; 0 for an empty or NULL one -#}
{% macro reach_value(query) -%}
    {%- set rows = run_query(query).rows -%}
    {{- (rows[0][0] or 0) if rows else 0 -}}
{%- endmacro %}

{#- the distinct known values as one line of text, sorted; NULL where there are none -#}
{% macro reach_joined(value) -%}
    {{ adapter.dispatch('reach_joined')(value) }}
{%- endmacro %}
{% macro duckdb__reach_joined(value) -%}
    string_agg(distinct {{ value }}, ', ' order by {{ value }})
{%- endmacro %}
{% macro spark__reach_joined(value) -%}
    nullif(array_join(array_sort(collect_set({{ value }})), ', '), '')
{%- endmacro %}

{#- DuckDB groups by whole numbers of a known range in a plain array, if the range is allowed to be wide: twice as fast -#}
{% macro reach_wide_groups() -%}
    {{ adapter.dispatch('reach_wide_groups')() }}
{%- endmacro %}
{% macro duckdb__reach_wide_groups() -%}
    {%- do run_query('set perfect_ht_threshold = 22') -%}
{%- endmacro %}
{% macro spark__reach_wide_groups() -%}{%- endmacro %}

{% macro reach_usual_groups() -%}
    {{ adapter.dispatch('reach_usual_groups')() }}
{%- endmacro %}
{% macro duckdb__reach_usual_groups() -%}
    {%- do run_query('reset perfect_ht_threshold') -%}
{%- endmacro %}
{% macro spark__reach_usual_groups() -%}{%- endmacro %}
