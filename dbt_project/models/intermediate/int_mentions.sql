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

handles as (

    {{ handle_holders('accounts') }}

),

resolved as (

    select
        mentioned.message_key,
        accounts.account_key,
        1 as preference,
        mentioned.named
    from mentioned
    inner join accounts
        on mentioned.source = accounts.source and mentioned.named = accounts.account_id
    where {{ mentions_are('id', 'mentioned.platform') }}
    union all
    select
        mentioned.message_key,
        handles.account_key,
        2 as preference,
        mentioned.named
    from mentioned
    inner join handles
        on mentioned.source = handles.source and lower(mentioned.named) = handles.handle
    where handles.holder_rank = 1 and {{ mentions_are('handle', 'mentioned.platform') }}

),

-- where a platform may name either, an id goes before a handle
preferred as (

    select
        message_key,
        account_key,
        preference,
        min(preference) over (partition by message_key, named) as best
    from resolved

)

select distinct
    message_key,
    account_key
from preferred
where preference = best
