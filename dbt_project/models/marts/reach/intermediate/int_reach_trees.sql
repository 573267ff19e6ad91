{{ config(schema='intermediate', materialized='reach_loop', loop='roots') }}
-- which message each answer or repost goes back to: macros/reach_roots.sql. What answers a message never read is a root
with messages as (

    select * from {{ ref('fct_messages') }}

)

select
    children.message_key as node,
    parents.message_key as parent
from messages as children
inner join messages as parents
    on coalesce(children.repost_message_key, children.parent_message_key) = parents.message_key
where children.message_key <> parents.message_key
