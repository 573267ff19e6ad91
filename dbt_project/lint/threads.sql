{#- stand-in for the links of threads -#}
{% macro thread_links(id) -%}
    links_5 as (

        select
            source,
            {{ id }},
            up_0 as up_5
        from links_0

    )
{%- endmacro %}
