{#- the platforms of the project, as declared once in dbt_project.yml -#}

{#- union of one stream's staging models over every platform that yields it; `columns` are the staged columns wanted -#}
{% macro union_platforms(stream, columns) -%}
    {%- set names = [] -%}
    {%- for name, platform in var('platforms').items() if stream in platform.streams -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {%- if not names -%}
        {{ exceptions.raise_compiler_error("no platform in vars.platforms yields the stream '" ~ stream ~ "': add it to one platform's streams in dbt_project.yml") }}
    {%- endif -%}
    {%- for name in names %}
    select
        {% for column in columns -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ ref('stg_' ~ name ~ '__' ~ stream) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}

{#- true where the platform's messages name the mentioned in this form ('id' or 'handle') -#}
{% macro mentions_are(form, platform) -%}
    {%- set names = [] -%}
    {%- for name, declared in var('platforms').items() if declared.mentions in [form, 'either'] -%}
        {%- do names.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ platform }} in ({{ names | join(', ') if names else 'null' }})
{%- endmacro %}
