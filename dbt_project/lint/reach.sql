{#- stand-ins for the macros of reach -#}
{% macro reach_weight_rows() %}select kind from weights{% endmacro %}
{% macro reach_weight(prefix) %}{{ prefix }}.weight{% endmacro %}
{% macro reach_counts_by_kind(kind) %}
        count({{ kind }}) as counts
{%- endmacro %}
{% macro reach_joined(value) %}max({{ value }}){% endmacro %}
{% macro reach_known(value) %}known({{ value }}){% endmacro %}
{% macro reach_band(place, score) %}band({{ place }}, {{ score }}){% endmacro %}
{% macro reach_key_window() %}90d{% endmacro %}
{% macro reach_ranking_rows() %}select ranking from rankings{% endmacro %}
{% macro reach_ranking_order(ranking) %}{{ ranking }}{% endmacro %}
{% macro reach_ranking_score(ranking, measures) %}{{ measures }}.reach{% endmacro %}
{% macro reach_window() %}shown_window{% endmacro %}
{% macro reach_landmark() %}landmark{% endmacro %}
{% macro reach_numbers(last) %}select 1 as k{% endmacro %}
{% macro reach_rows(name, words) %}select {{ name }} from words{% endmacro %}
