-- mentions resolved to accounts of the same source: by id or by handle, as the platform names them
with messages as (

    select * from {{ ref('int_messages') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

mentioned as (

    select
        source,
        platform,
        message_key,
        {{ explode('mentions') }} as named
    from messages
    where is_act

),

-- a handle may have passed from a deleted account to another
handles as (

    select
        source,
        lower(handle) as handle,
        account_key,
        row_number() over (
            partition by source, lower(handle)
            order by case when is_deleted then 1 else 0 end, account_key
        ) as holder_rank
    from accounts
    where handle is not null

)

select distinct
    mentioned.message_key,
    coalesce(by_id.account_key, by_handle.account_key) as account_key
from mentioned
left join accounts as by_id
    on
        mentioned.source = by_id.source
        and mentioned.named = by_id.account_id
        and {{ mentions_are('id', 'mentioned.platform') }}
left join handles as by_handle
    on
        mentioned.source = by_handle.source
        and lower(mentioned.named) = by_handle.handle
        and by_handle.holder_rank = 1
        and {{ mentions_are('handle', 'mentioned.platform') }}
where coalesce(by_id.account_key, by_handle.account_key) is not null
