-- the one place of truth is the meta of the columns in the models' YAML
{%- set metrics = metric_columns() %}
{% for metric in metrics -%}
select
    {%- for name, value in metric.items() %}
    {{ dbt.string_literal(dbt.escape_single_quotes(value)) }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
