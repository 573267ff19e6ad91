-- accounts of every platform in the one staged shape
{{ config(materialized='view') }}

with unioned as (
    {{ union_platforms('accounts', [
        'source', 'platform', 'account_id', 'handle', 'display_name', 'url', 'created_at', 'is_bot', 'is_staff',
        'is_system', 'is_deleted', 'email_hash', 'observed_at'
    ]) }}

)

select
    source,
    platform,
    account_id,
    handle,
    display_name,
    url,
    created_at,
    is_bot,
    is_staff,
    is_system,
    is_deleted,
    email_hash,
    observed_at
from unioned
