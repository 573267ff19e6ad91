{#- keys and versions of rows -#}

{#- the surrogate key of a native id within a source; NULL where the id is unknown -#}
{% macro surrogate_key(source, native_id) -%}
    md5({{ source }} || chr(31) || {{ native_id }})
{%- endmacro %}

{#- a key of several parts, any of which may be NULL -#}
{% macro composite_key(parts) -%}
    md5(
        {%- for part in parts %}
        coalesce(cast({{ part }} as {{ dbt.type_string() }}), '')
        {%- if not loop.last %} || chr(31) ||{% endif -%}
        {%- endfor %}
    )
{%- endmacro %}

{#- newest version first: seq settles versions of one run -#}
{% macro newest_first() -%}
    observed_at desc, run_id desc, seq desc
{%- endmacro %}
