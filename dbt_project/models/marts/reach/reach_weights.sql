-- what one act of each kind weighs: dbt vars reach_weights and reach_half_life_days
{%- for kind, weight in reach_weights().items() %}
select
    '{{ kind }}' as kind,
    cast({{ weight }} as double) as weight,
    cast({{ reach_half_life() }} as double) as half_life_days
{{ 'union all' if not loop.last }}
{%- endfor %}
