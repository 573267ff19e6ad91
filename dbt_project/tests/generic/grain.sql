{#- the columns together name a row: none is NULL, no two rows share them -#}
{% test grain(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_sharing_it
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
