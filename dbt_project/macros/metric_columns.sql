{#- every column that its YAML calls a metric (config.meta.metric), as rows of the catalogue -#}
{% macro metric_columns() %}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- for column in node.columns.values() if column.meta.get('metric') -%}
                {%- set metric = column.meta.metric -%}
                {%- do rows.append({
                    'metric': metric.name,
                    'label_en': metric.label.en,
                    'label_fr': metric.label.fr,
                    'label_ru': metric.label.ru,
                    'unit': metric.unit,
                    'direction': 'neutral' if metric.direction == 'none' else metric.direction,
                    'formula': metric.formula,
                    'table_name': node.schema ~ '.' ~ node.name,
                    'column_name': column.name,
                    'definition_version': metric.version | string,
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows | sort(attribute='metric')) }}
{% endmacro %}
