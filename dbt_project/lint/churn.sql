{#- stand-ins for the macros of churn -#}
{% macro churn_day_no(day) %}day_no({{ day }}){% endmacro %}
{% macro churn_week_no(day) %}week_no({{ day }}){% endmacro %}
{% macro churn_month_no(day) %}month_no({{ day }}){% endmacro %}
{% macro churn_period_no(kind, day) %}{{ kind }}_no({{ day }}){% endmacro %}
{% macro churn_each_number(first, last) %}each_number({{ first }}, {{ last }}){% endmacro %}
{% macro churn_state(age, now, before) %}state({{ age }}, {{ now }}, {{ before }}){% endmacro %}
{% macro churn_recency_band(days_silent) %}band({{ days_silent }}){% endmacro %}
{% macro churn_frequency_band(active_days) %}band({{ active_days }}){% endmacro %}
{% macro churn_shrunk(churned, cases, prior) %}shrunk({{ churned }}, {{ cases }}, {{ prior }}){% endmacro %}
{% macro churn_logit(p) %}logit({{ p }}){% endmacro %}
{% macro churn_median(value) %}median({{ value }}){% endmacro %}
{% macro churn_reasons() %}reasons(days_silent){% endmacro %}
{% macro churn_chi_square_tail(statistic) %}tail({{ statistic }}){% endmacro %}
{% macro churn_each(names, template) %}{{ template | replace('%s', names[0]) }} as {{ names[0] }}{% endmacro %}
{% macro churn_rolling_changes(counts) %}select * from lasts cross join firsts{% endmacro %}
