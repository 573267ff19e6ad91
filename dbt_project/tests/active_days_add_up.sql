-- over all n the members of a window are its distinct active members
select
    days.scope,
    days.population,
    days.week_end
from {{ ref('active_days') }} as days
inner join {{ ref('engagement_daily') }} as daily
    on days.scope = daily.scope and days.population = daily.population and days.week_end = daily.local_date
group by days.scope, days.population, days.week_end
having
    sum(case when days.window_days = 7 then days.members end) <> max(daily.wau)
    or sum(case when days.window_days = 28 then days.members end) <> max(daily.mau)
