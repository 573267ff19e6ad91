{#- whoever is active in a window of 28 days is so in growth and in engagement alike -#}
select
    growth.scope,
    growth.population,
    growth.period_end,
    growth.active,
    engagement.mau
from {{ ref('growth_accounting') }} as growth
inner join {{ ref('engagement_daily') }} as engagement
    on
        growth.scope = engagement.scope
        and growth.population = engagement.population
        and growth.period_end = engagement.local_date
where growth.period_kind = 'rolling28' and growth.active <> engagement.mau
