-- one person alone covers exactly the greatest reach of the same window
select
    key_people.scope,
    key_people.population,
    key_people.covered_members,
    max(member_reach.reach) as greatest
from {{ ref('key_people') }} as key_people
inner join {{ ref('member_reach') }} as member_reach
    on
        key_people.scope = member_reach.scope
        and key_people.population = member_reach.population
        and key_people.window = member_reach.window
where key_people.k = 1
group by key_people.scope, key_people.population, key_people.covered_members
having key_people.covered_members <> max(member_reach.reach)
