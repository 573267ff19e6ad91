-- every message of the month has one kind, and is one of those that participation counts
select
    parts.scope,
    parts.month
from {{ ref('participation') }} as parts
left join {{ ref('content_performance') }} as content
    on parts.scope = content.scope and parts.month = content.month and content.slice = 'kind'
where parts.population = 'everyone' and parts.messages is not null
group by parts.scope, parts.month
having max(parts.messages) <> coalesce(sum(content.messages), 0)
