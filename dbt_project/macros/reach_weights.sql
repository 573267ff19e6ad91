{#- what an act of each kind weighs, and how fast it fades; dbt vars reach_weights and reach_half_life_days override it -#}
{% macro reach_weights() -%}
    {%- set weights = {'repost': 3, 'reply': 2, 'mention': 1.5, 'thread_reply': 1, 'reaction': 1} -%}
    {%- for kind, weight in var('reach_weights', {}).items() -%}
        {%- if kind not in weights or weight is not number or weight < 0 -%}
            {{ exceptions.raise_compiler_error(
                "var reach_weights: '" ~ kind ~ ": " ~ weight ~ "' is no weight: give " ~ weights | join(', ') ~ " numbers of 0 or more"
            ) }}
        {%- endif -%}
        {%- do weights.update({kind: weight}) -%}
    {%- endfor -%}
    {{ return(weights) }}
{%- endmacro %}

{% macro reach_half_life() -%}
    {%- set days = var('reach_half_life_days', 30) -%}
    {%- if days is not number or days <= 0 -%}
        {{ exceptions.raise_compiler_error("var reach_half_life_days: '" ~ days ~ "' is no half-life: give a number of days above 0") }}
    {%- endif -%}
    {{ return(days) }}
{%- endmacro %}

{#- the fixed day that forward_weight is as of -#}
{% macro reach_landmark() -%}
    cast('{{ var('reach_landmark', '2020-01-01') }}' as date)
{%- endmacro %}

{#- a select of them all -#}
{% macro reach_weight_rows() -%}
    {%- for kind, weight in reach_weights().items() %}
select
    '{{ kind }}' as kind,
    cast({{ weight }} as double) as weight,
    cast({{ reach_half_life() }} as double) as half_life_days
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- the weight of counted acts; `prefix` names the relation whose columns <kind>s_count are weighed -#}
{% macro reach_weight(prefix) -%}
    {%- set names = {'repost': 'reposts', 'reply': 'replies', 'mention': 'mentions', 'thread_reply': 'thread_replies', 'reaction': 'reactions'} -%}
    (
        {%- for kind, weight in reach_weights().items() -%}
        {{ weight | float }}e0 * {{ prefix }}.{{ names[kind] }}_count{{ ' + ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{#- select-list: acts counted by kind -#}
{% macro reach_counts_by_kind(kind) -%}
    {%- for one, name in [
        ('reply', 'replies'), ('thread_reply', 'thread_replies'), ('mention', 'mentions'), ('reaction', 'reactions'), ('repost', 'reposts')
    ] %}
        count(case when {{ kind }} = '{{ one }}' then 1 end) as {{ name }}_count{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- the window key_people speaks of -#}
{% macro reach_key_window() -%}
    {%- set name = var('reach_key_people_window', '90d') -%}
    {%- if name not in ['28d', '90d', 'all'] -%}
        {{ exceptions.raise_compiler_error("var reach_key_people_window: '" ~ name ~ "' is no window: give 28d, 90d or all") }}
    {%- endif -%}
    {{ return(name) }}
{%- endmacro %}
