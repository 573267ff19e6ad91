-- every account listed, or named by an act, an event or a mention: if only a placeholder; its role is settled here, once
with listed as (

    select * from {{ ref('int_accounts_unioned') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

mentioned as (

    select distinct
        source,
        platform,
        {{ explode('mentions') }} as account_id
    from messages
    where {{ mentions_are('id', 'platform') }} and not {{ mentions_are('handle', 'platform') }}

),

reactions as (

    select * from {{ ref('int_reactions') }}

),

memberships as (

    select * from {{ ref('int_memberships') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

declared as (

    select * from {{ ref('int_declared_roles') }}

),

seen as (

    select source, platform, account_id from listed
    union
    select source, platform, author_id as account_id from messages
    where author_id is not null
    union
    select source, platform, account_id from mentioned
    union
    select source, platform, account_id from reactions
    union
    select source, platform, account_id from memberships

),

declarations as (

    select
        seen.source,
        seen.account_id,
        max(case when declared.role = 'system' then 1 else 0 end) as system,
        max(case when declared.role = 'bot' then 1 else 0 end) as bot,
        max(case when declared.role = 'staff' then 1 else 0 end) as staff
    from seen
    left join listed
        on seen.source = listed.source and seen.account_id = listed.account_id
    inner join declared
        on
            seen.source = declared.source
            and (seen.account_id = declared.account or declared.handle = lower(listed.handle))
    group by seen.source, seen.account_id

)

select
    {{ surrogate_key('seen.source', 'seen.account_id') }} as account_key,
    seen.source,
    seen.platform,
    seen.account_id,
    listed.handle,
    listed.display_name,
    listed.url,
    listed.created_at,
    listed.email_hash,
    coalesce(listed.is_deleted, false) as is_deleted,
    listed.source is null as is_placeholder,
    listed.observed_at,
    case
        when listed.is_system or declarations.system = 1 then 'system'
        when listed.is_bot or declarations.bot = 1 then 'bot'
        when declarations.staff = 1 or (listed.is_staff and settings.is_staff_from_platform) then 'staff'
        else 'member'
    end as role
from seen
cross join settings
left join listed
    on seen.source = listed.source and seen.account_id = listed.account_id
left join declarations
    on seen.source = declarations.source and seen.account_id = declarations.account_id
