{#- who is meant: handles, and addresses of profiles -#}

{#- accounts by handle, in small letters; a handle may have passed from a deleted account to another: `holder_rank` 1 has it -#}
{% macro handle_holders(accounts) -%}
    select
        source,
        lower(handle) as handle,
        account_key,
        row_number() over (
            partition by source, lower(handle)
            order by case when is_deleted then 1 else 0 end, account_key
        ) as holder_rank
    from {{ accounts }}
    where handle is not null
{%- endmacro %}

{#- an address of a profile as it is compared: without scheme, 'www.' and a last slash, in small letters -#}
{% macro profile_address(url) -%}
    regexp_replace(regexp_replace(lower({{ url }}), '^https?://(www[.])?', ''), '/+$', '')
{%- endmacro %}

{#- union of the staged accounts of every platform whose profiles show links (`profile_links` in dbt_project.yml):
    `links` are addresses with white space between them -#}
{% macro union_profile_links() -%}
    {%- set names = [] -%}
    {%- for name, platform in var('platforms').items() if platform.profile_links -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {%- for name in platforms_in_use(names) %}
    select
        source,
        account_id,
        links
    {{ from_staged(name, 'accounts') }}
        and links is not null
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}
