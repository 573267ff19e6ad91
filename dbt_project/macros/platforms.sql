{#- the platforms of the project, as declared once in dbt_project.yml -#}

{#- those of these platforms that the community uses (`platforms_in_use`, by default all); were there none, `files`, which
    yields every stream, stands for them with no rows -#}
{% macro platforms_in_use(names) -%}
    {%- set used = var('platforms_in_use') or var('platforms').keys() | list -%}
    {%- set names = names | select('in', used) | list -%}
    {{ return(names or ['files']) }}
{%- endmacro %}

{#- a stream's rows as one platform's staging model has them, of the sources that the configuration names -#}
{% macro from_staged(platform, stream) -%}
    from {{ ref('stg_' ~ platform ~ '__' ~ stream) }}
    where source in (select source from {{ source('raw', 'sources') }})
{%- endmacro %}

{#- union of one stream's staging models over every platform that yields it; `columns` are the staged columns wanted -#}
{% macro union_platforms(stream, columns) -%}
    {%- set names = [] -%}
    {%- for name, platform in var('platforms').items() if stream in platform.streams -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {%- if not names -%}
        {{ exceptions.raise_compiler_error("no platform in vars.platforms yields the stream '" ~ stream ~ "': add it to one platform's streams in dbt_project.yml") }}
    {%- endif -%}
    {%- for name in platforms_in_use(names) %}
    select
        {% for column in columns -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    {{ from_staged(name, stream) }}
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
