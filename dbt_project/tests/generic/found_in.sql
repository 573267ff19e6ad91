{#- every known value of the column stands in a column of another model -#}
{% test found_in(model, column_name, to, field) %}
select child.{{ column_name }} as orphan
from (select distinct {{ column_name }} from {{ model }} where {{ column_name }} is not null) as child
left join {{ to }} as parent
    on child.{{ column_name }} = parent.{{ field }}
where parent.{{ field }} is null
{% endtest %}
