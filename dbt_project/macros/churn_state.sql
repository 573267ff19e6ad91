{#- how one who acted in the last 28 days stands: `age` is days since the first act, `now` and `before` are active days in
    the last 28 days and in the 28 before. A halving is told before a level; who fits no other name is occasional -#}
{% macro churn_state(age, now, before) -%}
    case
        when {{ age }} < 28 then 'newly_active'
        when {{ before }} = 0 then 'returned'
        when {{ before }} >= 4 and {{ now }} * 2 <= {{ before }} then 'about_to_disengage'
        when {{ now }} >= 8 and {{ before }} >= 8 then 'vital'
        when {{ now }} >= 2 and {{ before }} >= 2 then 'consistent'
        else 'occasional'
    end
{%- endmacro %}
