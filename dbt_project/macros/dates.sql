{#- days, instants and spines, one branch an engine -#}

{#- the UTC instant as wall-clock time of the zone -#}
{% macro local_date(instant, zone) -%}{{ adapter.dispatch('local_date')(instant, zone) }}{%- endmacro %}
{% macro duckdb__local_date(instant, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ instant }})) as date)
{%- endmacro %}
{% macro spark__local_date(instant, zone) -%}
    cast(from_utc_timestamp({{ instant }}, {{ zone }}) as date)
{%- endmacro %}

{#- the UTC instant at which a local day begins -#}
{% macro day_start(day, zone) -%}{{ adapter.dispatch('day_start')(day, zone) }}{%- endmacro %}
{% macro duckdb__day_start(day, zone) -%}
    timezone('UTC', timezone({{ zone }}, cast({{ day }} as timestamp)))
{%- endmacro %}
{% macro spark__day_start(day, zone) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), {{ zone }})
{%- endmacro %}

{% macro add_days(day, days) -%}{{ adapter.dispatch('add_days')(day, days) }}{%- endmacro %}
{% macro duckdb__add_days(day, days) -%}
    cast({{ day }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}
{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as int))
{%- endmacro %}

{#- whole days from the first to the second -#}
{% macro days_between(earlier, later) -%}{{ adapter.dispatch('days_between')(earlier, later) }}{%- endmacro %}
{% macro duckdb__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}
{% macro spark__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{#- seconds from the first instant to the second, with fractions -#}
{% macro seconds_between(earlier, later) -%}{{ adapter.dispatch('seconds_between')(earlier, later) }}{%- endmacro %}
{% macro duckdb__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}
{% macro spark__seconds_between(earlier, later) -%}
    ((unix_micros({{ later }}) - unix_micros({{ earlier }})) / 1e6)
{%- endmacro %}

{#- select-list expression: one row a day from first to last, both included -#}
{% macro each_day(first, last) -%}{{ adapter.dispatch('each_day')(first, last) }}{%- endmacro %}
{% macro duckdb__each_day(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, to_days(1))) as date)
{%- endmacro %}
{% macro spark__each_day(first, last) -%}
    explode(sequence({{ first }}, {{ last }}))
{%- endmacro %}

{#- monday is 1, sunday 7 -#}
{% macro iso_weekday(day) -%}{{ adapter.dispatch('iso_weekday')(day) }}{%- endmacro %}
{% macro duckdb__iso_weekday(day) -%}isodow({{ day }}){%- endmacro %}
{% macro spark__iso_weekday(day) -%}(weekday({{ day }}) + 1){%- endmacro %}

{% macro iso_week(day) -%}{{ adapter.dispatch('iso_week')(day) }}{%- endmacro %}
{% macro duckdb__iso_week(day) -%}weekofyear({{ day }}){%- endmacro %}
{% macro spark__iso_week(day) -%}weekofyear({{ day }}){%- endmacro %}

{#- hour of the zone's wall clock, 0 to 23 -#}
{% macro local_hour(instant, zone) -%}{{ adapter.dispatch('local_hour')(instant, zone) }}{%- endmacro %}
{% macro duckdb__local_hour(instant, zone) -%}
    cast(extract(hour from timezone({{ zone }}, timezone('UTC', {{ instant }}))) as integer)
{%- endmacro %}
{% macro spark__local_hour(instant, zone) -%}
    hour(from_utc_timestamp({{ instant }}, {{ zone }}))
{%- endmacro %}

{#- the last day of the month that begins on `month` -#}
{% macro month_end(month) -%}{{ adapter.dispatch('month_end')(month) }}{%- endmacro %}
{% macro duckdb__month_end(month) -%}last_day({{ month }}){%- endmacro %}
{% macro spark__month_end(month) -%}last_day({{ month }}){%- endmacro %}

{#- weekday and hour as '1-09' -#}
{% macro hour_of_week(weekday, hour) -%}
    cast({{ weekday }} as {{ dbt.type_string() }}) || '-' || lpad(cast({{ hour }} as {{ dbt.type_string() }}), 2, '0')
{%- endmacro %}
