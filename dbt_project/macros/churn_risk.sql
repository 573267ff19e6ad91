{#- bands of the hazard table; few, so that a small community fills them -#}
{% macro churn_recency_band(days_silent) -%}
    case
        when {{ days_silent }} <= 1 then 1
        when {{ days_silent }} <= 3 then 2
        when {{ days_silent }} <= 7 then 3
        when {{ days_silent }} <= 14 then 4
        else 5
    end
{%- endmacro %}

{% macro churn_frequency_band(active_days) -%}
    case
        when {{ active_days }} <= 1 then 1
        when {{ active_days }} <= 3 then 2
        when {{ active_days }} <= 7 then 3
        else 4
    end
{%- endmacro %}

{#- a rate drawn toward a prior as if twenty cases had shown the prior -#}
{% macro churn_shrunk(churned, cases, prior) -%}
    (({{ churned }} + 20 * {{ prior }}) / ({{ cases }} + 20))
{%- endmacro %}

{% macro churn_logit(p) -%}
    ln({{ p }} / (1 - {{ p }}))
{%- endmacro %}
