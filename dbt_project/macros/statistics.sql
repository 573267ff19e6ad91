{#- rates and their intervals -#}

{#- a rate; NULL where either side is unknown or nothing could have happened -#}
{% macro rate(part, whole) -%}
    cast({{ part }} as double) / nullif({{ whole }}, 0)
{%- endmacro %}

{#- a bound of the Wilson 95 % interval of part/whole; `side` is 'lo' or 'hi' -#}
{% macro wilson(part, whole, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = rate(part, whole) -%}
    {%- set n = 'nullif(' ~ whole ~ ', 0)' -%}
    {%- set middle = '(' ~ p ~ ' + ' ~ (z * z / 2) ~ ' / ' ~ n ~ ')' -%}
    {%- set spread = (z | string) ~ ' * sqrt(greatest(' ~ p ~ ' * (1 - ' ~ p ~ '), 0) / ' ~ n ~ ' + ' ~ (z * z / 4) ~ ' / (cast(' ~ n ~ ' as double) * ' ~ n ~ '))' -%}
    {#- rounding must not put a bound on the wrong side of the rate; least and greatest would overlook a NULL -#}
    case when {{ p }} is not null then
        {{ 'least' if side == 'lo' else 'greatest' }}({{ p }}, (
            {{ middle }} {{ '-' if side == 'lo' else '+' }} {{ spread }}
        ) / (1 + {{ z * z }} / {{ n }}))
    end
{%- endmacro %}
