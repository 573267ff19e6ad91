{#- select-list columns of one form: the template's %s stands for each name, the result is called by it -#}
{% macro churn_each(names, template) -%}
    {%- for name in names %}
    {{ template | replace('%s', name) }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- what changes in windows of 28 days, and on which day, as rows to be summed. In the 28 days from the first act one is new,
    after that retained. 28 days after the last act of a run the window is empty of it, and one is churned for 28 days or
    until the next act; who is back within these is in the window before for a while, and counts as retained until it has
    passed, then as resurrected. Each change enters on one day and is undone on another -#}
{% macro churn_rolling_changes(counts) -%}
    {%- set back_or_never = 'least(56, coalesce(gap_days, 56))' -%}
    {%- set departs = 'greatest(28, departed_after)' -%}
    {%- set returns = 'least(56, coalesce(gap_days, 56), coalesce(undone_after, 56))' -%}
    {%- set changes = [
        ('firsts', add_days('local_date', 0), 'true', {'active': 1, 'arrived': 1}),
        ('firsts', add_days('local_date', 28), 'true', {'arrived': -1, 'retained': 1}),
        ('lasts', add_days('local_date', 28), 'true', {'active': -1, 'retained': -1, 'churned': 1}),
        ('lasts', add_days('local_date', back_or_never), 'true', {'churned': -1}),
        ('lasts', add_days('next_date', 0), 'gap_days < 56', {'active': 1, 'retained': 1}),
        ('lasts', add_days('local_date', 56), 'gap_days < 56', {'retained': -1, 'resurrected': 1}),
        ('lasts', add_days('next_date', 0), 'gap_days >= 56', {'active': 1, 'resurrected': 1}),
        ('lasts', add_days('next_date', 28), 'gap_days is not null', {'resurrected': -1, 'retained': 1}),
    ] -%}
    {%- for departure, count in [('left', 'gone_left'), ('banned', 'gone_banned')] -%}
        {%- set condition = "departure = '" ~ departure ~ "' and " ~ departs ~ ' < ' ~ returns -%}
        {%- do changes.append(('lasts', add_days('local_date', departs), condition, {count: 1})) -%}
        {%- do changes.append(('lasts', add_days('local_date', returns), condition, {count: -1})) -%}
    {%- endfor -%}
    {%- for table, day, condition, change in changes %}
    select
        scope,
        role,
        {{ day }} as local_date
        {%- for count in counts %},
        {{ change.get(count, 0) }} as {{ count }}
        {%- endfor %}
    from {{ table }}
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
