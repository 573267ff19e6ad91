-- more people never cover less, and each adds at most what the one before added
with steps as (

    select
        scope,
        population,
        k,
        covered_members,
        gained_members,
        lag(covered_members, 1, cast(0 as bigint)) over (partition by scope, population order by k) as covered_before,
        lag(gained_members) over (partition by scope, population order by k) as gained_before
    from {{ ref('key_people') }}

)

select *
from steps
where covered_members <> covered_before + gained_members or gained_members > gained_before
