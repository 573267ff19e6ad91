-- messages of every platform in the one staged shape
{{ config(materialized='view') }}

with unioned as (
    {{ union_platforms('messages', [
        'source', 'platform', 'message_id', 'channel_id', 'author_id', 'created_at', 'edited_at', 'deleted_at',
        'thread_id', 'parent_id', 'repost_of', 'kind', 'is_opener', 'title', 'text', 'url', 'mentions', 'text_length',
        'links_count', 'has_question', 'is_marked_question'
    ]) }}

)

select
    source,
    platform,
    message_id,
    channel_id,
    author_id,
    created_at,
    edited_at,
    deleted_at,
    thread_id,
    parent_id,
    repost_of,
    kind,
    is_opener,
    title,
    text,
    url,
    mentions,
    text_length,
    links_count,
    has_question,
    is_marked_question
from unioned
