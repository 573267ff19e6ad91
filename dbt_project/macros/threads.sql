{#- CTEs links_1 … links_5 from links_0 (source, id, up_0): what each answer stands under, as up_5. Each step doubles the
    reach, so that 32 answers to answers end at one opener -#}
{% macro thread_links(id) -%}
    {%- for step in range(5) %}
    links_{{ step + 1 }} as (

        select
            links.source,
            links.{{ id }},
            coalesce(further.up_{{ step }}, links.up_{{ step }}) as up_{{ step + 1 }}
        from links_{{ step }} as links
        left join links_{{ step }} as further
            on links.source = further.source and links.up_{{ step }} = further.{{ id }}

    ){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
