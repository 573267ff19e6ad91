{#- invariants of every row, one `expression` or several `expressions`; a row where one is unknown passes.
    a failing row says which it breaks -#}
{% test holds(model, expressions=none, expression=none) %}
{%- set claims = (expressions or []) + ([expression] if expression else []) %}
select
    *,
    case
        {%- for claim in claims %}
        when not ({{ claim }}) then '{{ dbt.escape_single_quotes(claim) }}'
        {%- endfor %}
    end as broken
from {{ model }}
where
    {%- for claim in claims %}
    {{ 'or ' if not loop.first }}not ({{ claim }})
    {%- endfor %}
{% endtest %}
