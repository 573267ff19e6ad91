{#- numbers of days, weeks and months for the churn marts, and a spine of numbers; day 0 is a Monday -#}

{% macro churn_day_no(day) -%}
    {{ days_between("date '1970-01-05'", day) }}
{%- endmacro %}

{% macro churn_week_no(day) -%}
    cast(floor({{ churn_day_no(day) }} / 7.0) as bigint)
{%- endmacro %}

{% macro churn_month_no(day) -%}
    cast(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) - 1 as bigint)
{%- endmacro %}

{#- the two kinds of calendar period, for models that do the same for both -#}
{% macro churn_period_no(kind, day) -%}
    {{ churn_week_no(day) if kind == 'week' else churn_month_no(day) }}
{%- endmacro %}

{#- select-list expression: one row a number from first to last, both included -#}
{% macro churn_each_number(first, last) -%}{{ adapter.dispatch('churn_each_number')(first, last) }}{%- endmacro %}
{% macro duckdb__churn_each_number(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}))
{%- endmacro %}
{% macro spark__churn_each_number(first, last) -%}
    explode(sequence({{ first }}, {{ last }}))
{%- endmacro %}
