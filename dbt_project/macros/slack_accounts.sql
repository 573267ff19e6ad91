{#- staging of accounts, the same for an export and the Web API -#}

{% macro slack_accounts(platform) -%}
with accounts as (

    select * from {{ source('raw_' ~ platform, 'accounts') }}

),

messages as (

    select * from {{ source('raw_' ~ platform, 'messages') }}

),

versions as (

    select
        *,
        row_number() over (
            partition by source, id
            order by {{ newest_first() }}
        ) as version_rank
    from accounts

),

-- a bot that speaks need not be in the list of users
unlisted_bots as (

    select
        messages.source,
        messages.bot_id as id,
        max(messages.observed_at) as observed_at
    from messages
    left join accounts
        on messages.source = accounts.source and messages.bot_id = accounts.id
    where messages.user = messages.bot_id and accounts.id is null
    group by messages.source, messages.bot_id

)

-- '<bot>/<name>' is a person for whom a bridge speaks
select
    source,
    '{{ platform }}' as platform,
    id as account_id,
    name as handle,
    coalesce(nullif(display_name, ''), nullif(real_name, ''), name) as display_name,
    cast(null as varchar) as url,
    cast(null as timestamp) as created_at,
    coalesce(is_bot, false) and id not like '%/%' as is_bot,
    coalesce(is_admin or is_owner, false) as is_staff,
    id = 'USLACKBOT' as is_system,
    coalesce(deleted, false) as is_deleted,
    -- an address that nobody confirmed may be anybody's
    case when is_email_confirmed then email_hash end as email_hash,
    observed_at
from versions
where version_rank = 1
union all
select
    source,
    '{{ platform }}' as platform,
    id as account_id,
    cast(null as varchar) as handle,
    cast(null as varchar) as display_name,
    cast(null as varchar) as url,
    cast(null as timestamp) as created_at,
    true as is_bot,
    false as is_staff,
    false as is_system,
    false as is_deleted,
    cast(null as varchar) as email_hash,
    observed_at
from unlisted_bots
{%- endmacro %}
