{#- the rankings put to the test: columns of member_reach; of equals the first wins -#}
{% macro reach_rankings() -%}
    {{ return(['reach', 'k_core', 'pagerank', 'reach_out', 'reach_2hop', 'replies_received']) }}
{%- endmacro %}

{#- a select of them all and of the baseline: who writes much -#}
{% macro reach_ranking_rows() -%}
    {{ reach_rows('ranking', reach_rankings() + ['messages']) }}
{%- endmacro %}

{#- number in that order -#}
{% macro reach_ranking_order(ranking) -%}
    case {{ ranking }}
        {%- for name in reach_rankings() %}
        when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
        else 99
    end
{%- endmacro %}

{#- the score that a ranking gives, reach where none is named; two steps not counted are at least the first -#}
{% macro reach_ranking_score(ranking, measures) -%}
    case {{ ranking }}
        {%- for name in reach_rankings()[1:] %}
        when '{{ name }}' then cast(coalesce({{ measures }}.{{ name }}, {{ measures }}.reach) as double)
        {%- endfor %}
        else cast({{ measures }}.reach as double)
    end
{%- endmacro %}
