with sources as (

    select * from {{ ref('int_sources') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

interactions as (

    select * from {{ ref('int_interactions') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

known as (

    select
        {{ local_date('sources.observed_from', 'settings.time_zone') }} as first_date,
        {{ local_date('sources.as_of', 'settings.time_zone') }} as last_date
    from sources
    cross join settings
    union all
    select
        min(local_date) as first_date,
        max(local_date) as last_date
    from messages
    union all
    select
        min(local_date) as first_date,
        max(local_date) as last_date
    from interactions

),

span as (

    select
        least(min(first_date), min(last_date)) as first_date,
        max(last_date) as last_date
    from known

),

days as (

    select {{ each_day('first_date', 'last_date') }} as local_date
    from span
    where first_date is not null and last_date is not null

),

weekdays as (

    select
        local_date,
        cast({{ iso_weekday('local_date') }} as integer) as weekday
    from days

)

select
    local_date,
    weekday,
    cast({{ iso_week('local_date') }} as integer) as iso_week,
    -- the year of an ISO week is that of its Thursday
    cast(extract(year from {{ add_days('local_date', '4 - weekday') }}) as integer) as iso_year,
    {{ add_days('local_date', '1 - weekday') }} as week_start,
    {{ add_days('local_date', '7 - weekday') }} as week_end,
    cast(date_trunc('month', local_date) as date) as month
from weekdays
