with windows as (

    select * from {{ ref('int_scope_windows') }}

),

active as (

    select * from {{ ref('int_active_members') }}

),

acts as (

    select * from {{ ref('int_population_days') }}

),

stated as (

    select * from {{ ref('int_members_stated') }}

),

-- unknown is NULL, never 0: nothing is said of a day that was not wholly observed
numbers as (

    select
        windows.scope,
        active.population,
        windows.local_date,
        case when windows.is_complete then active.dau end as dau,
        case when windows.is_wau_known then active.wau end as wau,
        case when windows.is_mau_known then active.mau end as mau,
        case when windows.is_complete then coalesce(acts.posters, 0) end as posters,
        case when windows.is_complete then coalesce(acts.posts, 0) end as posts,
        case when windows.is_complete then coalesce(acts.comments, 0) end as comments,
        case when windows.is_complete then coalesce(acts.reposts, 0) end as reposts,
        case when windows.is_complete and windows.has_dated_reactions then coalesce(acts.reactions, 0) end as reactions,
        case when windows.is_complete then coalesce(acts.new_posters, 0) end as new_posters,
        case when windows.is_complete then acts.views end as views,
        case when windows.is_complete then stated.members_count end as members_count,
        windows.is_complete,
        windows.is_wau_complete,
        windows.is_mau_complete,
        windows.is_provisional
    from windows
    inner join active
        on windows.scope = active.scope and windows.local_date = active.local_date
    left join acts
        on
            active.scope = acts.scope
            and active.population = acts.population
            and active.local_date = acts.local_date
    left join stated
        on windows.scope = stated.scope and windows.local_date = stated.local_date

),

engaged as (

    select
        *,
        comments + reactions + reposts as engagements
    from numbers

)

select
    scope,
    population,
    local_date,
    dau,
    wau,
    mau,
    {{ rate('dau', 'mau') }} as stickiness,
    {{ wilson('dau', 'mau', 'lo') }} as stickiness_lo,
    {{ wilson('dau', 'mau', 'hi') }} as stickiness_hi,
    posters,
    posts,
    comments,
    reposts,
    reactions,
    new_posters,
    members_count,
    {{ rate('dau', 'members_count') }} as engaged_per_member,
    engagements,
    views,
    {{ rate('engagements', 'members_count') }} as er_by_members,
    {{ rate('engagements', 'views') }} as er_by_views,
    is_complete,
    is_wau_complete,
    is_mau_complete,
    is_provisional
from engaged
