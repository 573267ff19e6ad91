{#- invariants of every row; a row where one is unknown passes. A failing row says which it breaks -#}
{% test holds(model, expressions) %}
select
    *,
    case
        {%- for expression in expressions %}
        when not ({{ expression }}) then '{{ dbt.escape_single_quotes(expression) }}'
        {%- endfor %}
    end as broken
from {{ model }}
where
    {%- for expression in expressions %}
    {{ 'or ' if not loop.first }}not ({{ expression }})
    {%- endfor %}
{% endtest %}
