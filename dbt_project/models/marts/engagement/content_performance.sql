with cells as (

    select * from {{ ref('int_content_cells') }}

),

months as (

    select * from {{ ref('int_scope_months') }}

),

together as (

    select
        scope,
        month,
        slice,
        count(*) as cells,
        sum(messages) as messages,
        cast(sum(engaged_messages) as double) / sum(messages) as mean,
        sum(cast(messages as double) * messages) as squares
    from cells
    group by scope, month, slice

),

-- how far the cells lie from the mean beyond chance: the intraclass correlation by the moments of the beta-binomial
spread as (

    select
        together.scope,
        together.month,
        together.slice,
        together.mean,
        together.messages,
        (
            sum(cells.messages * power(cast(cells.engaged_messages as double) / cells.messages - together.mean, 2))
            - together.mean * (1 - together.mean) * (together.cells - 1)
        ) / nullif(
            together.mean * (1 - together.mean)
            * (together.messages - together.squares / together.messages - (together.cells - 1)), 0
        ) as correlation
    from together
    inner join cells
        on together.scope = cells.scope and together.month = cells.month and together.slice = cells.slice
    group by together.scope, together.month, together.slice, together.mean, together.messages, together.cells, together.squares

),

-- the mean weighs as many messages as the moments say, one at least and never more than there are
priors as (

    select
        *,
        case
            when correlation > 0 then least(greatest((1 - correlation) / correlation, 1), messages)
            else cast(messages as double)
        end as prior_messages
    from spread

),

shrunk as (

    select
        cells.scope,
        cells.slice,
        cells.key,
        cells.month,
        cells.messages,
        cells.engaged_messages,
        cells.engagements,
        priors.mean,
        priors.prior_messages,
        cells.engaged_messages + priors.prior_messages * priors.mean as part,
        cells.messages + priors.prior_messages as whole
    from cells
    inner join priors
        on cells.scope = priors.scope and cells.month = priors.month and cells.slice = priors.slice

)

select
    shrunk.scope,
    shrunk.slice,
    shrunk.key,
    shrunk.month,
    case when months.is_known then shrunk.messages end as messages,
    case when months.is_known then shrunk.engaged_messages end as engaged_messages,
    case when months.is_known then cast(shrunk.engagements as bigint) end as engagements,
    case when months.is_known then {{ rate('shrunk.part', 'shrunk.whole') }} end as rate,
    case when months.is_known then {{ wilson('shrunk.part', 'shrunk.whole', 'lo') }} end as lo,
    case when months.is_known then {{ wilson('shrunk.part', 'shrunk.whole', 'hi') }} end as hi,
    case when months.is_known then shrunk.mean end as scope_rate,
    case when months.is_known then shrunk.prior_messages end as prior_messages,
    months.is_complete,
    months.is_provisional
from shrunk
inner join months
    on shrunk.scope = months.scope and shrunk.month = months.month
