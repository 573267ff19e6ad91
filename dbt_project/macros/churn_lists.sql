{#- middle value; of an even number of values the mean of the middle two -#}
{% macro churn_median(value) -%}{{ adapter.dispatch('churn_median')(value) }}{%- endmacro %}
{% macro duckdb__churn_median(value) -%}median({{ value }}){%- endmacro %}
{% macro spark__churn_median(value) -%}percentile({{ value }}, 0.5){%- endmacro %}

{#- why a member is thought at risk, as keys that the reports put into words, in this order -#}
{% macro churn_reasons() -%}
    {{ churn_known_of([
        "case when days_silent > 2 * usual_gap_days then 'silent_longer_than_usual' end",
        "case when days_silent > 14 then 'silent_over_two_weeks' when days_silent > 7 then 'silent_over_a_week' end",
        "case when active_days_28 = 1 then 'one_active_day' when active_days_28 <= 3 then 'few_active_days' end",
        "case when " ~ days_between('first_date', 'origin') ~ " <= 28 then 'newcomer' end",
    ]) }}
{%- endmacro %}

{#- list of those values that are not NULL -#}
{% macro churn_known_of(values) -%}{{ adapter.dispatch('churn_known_of')(values) }}{%- endmacro %}
{% macro duckdb__churn_known_of(values) -%}
    {{ values | length * 'list_concat(' }}cast([] as varchar[])
    {%- for value in values %}, case when ({{ value }}) is null then cast([] as varchar[]) else [{{ value }}] end){% endfor %}
{%- endmacro %}
{% macro spark__churn_known_of(values) -%}
    filter(array({{ values | join(', ') }}), reason -> reason is not null)
{%- endmacro %}
