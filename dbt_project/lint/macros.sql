{#- stand-ins for the project's macros: the linter sees their shape, not their engine's words -#}
{% macro surrogate_key(source, native_id) %}md5({{ source }} || {{ native_id }}){% endmacro %}
{% macro composite_key(parts) %}md5({{ parts | join(' || ') }}){% endmacro %}
{% macro newest_first() %}observed_at desc, run_id desc, seq desc{% endmacro %}
{% macro union_platforms(stream, columns) -%}
    select
        {{ columns | join(',\n        ') }}
    from stg_{{ stream }}
{%- endmacro %}
{% macro mentions_are(form, platform) %}{{ platform }} in ('{{ form }}'){% endmacro %}
{% macro local_date(instant, zone) %}cast({{ instant }} as date){% endmacro %}
{% macro day_start(day, zone) %}cast({{ day }} as timestamp){% endmacro %}
{% macro add_days(day, days) %}add_days({{ day }}, {{ days }}){% endmacro %}
{% macro days_between(earlier, later) %}days_between({{ earlier }}, {{ later }}){% endmacro %}
{% macro seconds_between(earlier, later) %}seconds_between({{ earlier }}, {{ later }}){% endmacro %}
{% macro each_day(first, last) %}each_day({{ first }}, {{ last }}){% endmacro %}
{% macro iso_weekday(day) %}isodow({{ day }}){% endmacro %}
{% macro iso_week(day) %}weekofyear({{ day }}){% endmacro %}
{% macro explode(list) %}unnest({{ list }}){% endmacro %}
{% macro sorted_list(value) %}sorted_list({{ value }}){% endmacro %}
{% macro no_list() %}no_list(){% endmacro %}
{% macro rate(part, whole) %}rate({{ part }}, {{ whole }}){% endmacro %}
{% macro wilson(part, whole, side) %}wilson({{ part }}, {{ whole }}){% endmacro %}
{% macro metric_columns() %}{% endmacro %}
{% macro local_hour(instant, zone) %}local_hour({{ instant }}){% endmacro %}
{% macro month_end(month) %}last_day({{ month }}){% endmacro %}
{% macro hour_of_week(weekday, hour) %}hour_of_week({{ weekday }}, {{ hour }}){% endmacro %}
{% macro whole_numbers(first, last) %}whole_numbers({{ first }}, {{ last }}){% endmacro %}
{% macro words(text) %}words({{ text }}){% endmacro %}
{% macro profile_address(url) %}lower({{ url }}){% endmacro %}
{% macro handle_holders(accounts) -%}
    select
        source,
        handle,
        account_key,
        1 as holder_rank
    from {{ accounts }}
{%- endmacro %}
{% macro union_profile_links() -%}
    select
        source,
        account_id,
        links
    from stg_accounts
{%- endmacro %}
