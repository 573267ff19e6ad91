{#- messages of scope 'all' are those of the scopes of our own sources together -#}
{% test all_adds_up(model) %}
select local_date
from {{ model }}
group by local_date
having sum(case when scope = 'all' then posts + comments + reposts else -(posts + comments + reposts) end) <> 0
{% endtest %}
