{{ config(schema='intermediate') }}
-- what each member of a graph wrote, and views where a platform states any: which sources did is said
with authors as (

    select * from {{ ref('int_reach_authors') }}

)

select
    graph_id,
    member_no,
    cast(sum(messages_count) as bigint) as messages_count,
    cast(sum(views) as bigint) as impressions,
    cast(nullif(sum(viewed_messages_count), 0) as bigint) as impressions_messages_count,
    {{ reach_joined('case when views is not null then source end') }} as impressions_source
from authors
group by graph_id, member_no
