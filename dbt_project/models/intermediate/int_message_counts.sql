-- the latest numbers the platform itself states about a message; one it leaves out is 0 where the source states that metric at all
with counts as (

    select * from {{ ref('int_counts') }}
    where scope = 'message' and version_rank = 1

)

select
    source,
    {{ surrogate_key('source', 'id') }} as message_key,
    cast(sum(case when metric like 'reaction:%' then value end) as bigint) as reactions_count,
    cast(max(case when metric = 'replies' then value end) as bigint) as replies_count,
    cast(max(case when metric = 'views' then value end) as bigint) as views
from counts
group by source, id
