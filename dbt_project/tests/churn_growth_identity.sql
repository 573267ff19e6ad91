{#- active(t) = active(t-1) + new + resurrected - churned, with the period before taken from its own row; blocking -#}
select
    this.scope,
    this.population,
    this.period_kind,
    this.period_end
from {{ ref('growth_accounting') }} as this
inner join {{ ref('growth_accounting') }} as earlier
    on
        this.scope = earlier.scope
        and this.population = earlier.population
        and this.period_kind = earlier.period_kind
        and {{ days_between('earlier.period_end', 'this.period_start') }} = 1
where
    this.active <> earlier.active + this.new + this.resurrected - this.churned
    or this.previous_active <> earlier.active
