{#- Which accounts hang together: those that share a tie are one, whatever the way around. Each holds the smallest key it
    has heard of; ties pass it on, and each takes what the holder of that key holds, over and over, until nothing moves: a
    chain of n takes about log n rounds (FastSV: Zhang, Azad, Hu 2020). Body: account_key, tie. Result: account_key, member_key, the smallest of the component. -#}
{% macro reach_components(graph, settings) -%}
    {%- set at = namespace(moved=1) -%}
    {%- do reach_store('held', 'select distinct account_key, account_key as label from ' ~ graph) -%}
    {%- for _ in range(settings.get('iterations', 100000)) if at.moved > 0 -%}
        {%- do reach_store('heard', reach_components_heard(graph)) -%}
        {%- set at.moved = reach_value('select count(*) from ' ~ reach_scratch('heard') ~ ' as heard inner join '
            ~ reach_scratch('held') ~ ' as held on heard.account_key = held.account_key where heard.label < held.label') | trim | int -%}
        {%- if at.moved > 0 -%}
            {#- the account whose key was held hears as well: whole trees hang themselves up, not leaves one by one -#}
            {%- do reach_store('hung', 'select account_key, min(label) as label from (select account_key, label from '
                ~ reach_scratch('heard') ~ ' union all select held.label as account_key, heard.label from ' ~ reach_scratch('heard')
                ~ ' as heard inner join ' ~ reach_scratch('held') ~ ' as held on heard.account_key = held.account_key) as all_heard'
                ~ ' group by account_key') -%}
            {%- do reach_store('held', 'select hung.account_key, further.label from ' ~ reach_scratch('hung')
                ~ ' as hung inner join ' ~ reach_scratch('hung') ~ ' as further on hung.label = further.account_key') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do reach_forget(['heard', 'hung']) -%}
    select
        account_key,
        label as member_key
    from {{ reach_scratch('held') }}
{%- endmacro %}

{#- the smallest key among those that share a tie with the account -#}
{% macro reach_components_heard(graph) -%}
    with shared as (

        select
            ties.tie,
            min(held.label) as label
        from {{ graph }} as ties
        inner join {{ reach_scratch('held') }} as held
            on ties.account_key = held.account_key
        group by ties.tie

    )

    select
        ties.account_key,
        min(shared.label) as label
    from {{ graph }} as ties
    inner join shared
        on ties.tie = shared.tie
    group by ties.account_key
{%- endmacro %}
