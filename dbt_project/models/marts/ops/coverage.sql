with coverage as (

    select * from {{ ref('int_coverage') }}

)

select
    source,
    stream,
    observed_from,
    observed_to,
    reason
from coverage
