{{ config(materialized='reach_loop', loop='components') }}
-- accounts that hang together by ties, over others too: macros/reach_components.sql
select
    account_key,
    tie
from {{ ref('int_account_ties') }}
