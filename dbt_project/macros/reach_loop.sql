{#- A model whose table is the end of a loop of statements, the same on every engine.
    The model's body is the graph; `loop` names the macro reach_<loop>(graph, settings), which iterates over scratch
    tables and renders the select of the result. One loop serves all graphs of the body at once. -#}
{% materialization reach_loop, default %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set fresh = make_intermediate_relation(target) -%}
    {%- set old = make_backup_relation(target, 'table' if existing is none else existing.type) -%}
    {{ drop_relation_if_exists(load_cached_relation(fresh)) }}
    {{ drop_relation_if_exists(load_cached_relation(old)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- do reach_show('graph', sql) -%}
    {%- set loop_macro = context['reach_' ~ config.require('loop')] -%}
    {%- set result = loop_macro(reach_scratch('graph') | trim, config.get('meta', {}).get('reach', {})) -%}
    {% call statement('main') -%}
        {{ create_table_as(False, fresh, result) }}
    {%- endcall %}

    {%- if existing is not none -%}
        {{ adapter.rename_relation(existing, old) }}
    {%- endif -%}
    {{ adapter.rename_relation(fresh, target) }}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(old) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
