with messages as (

    select * from {{ source('raw_matrix', 'messages') }}

),

-- a tombstone carries nothing but the deletion, a redacted event no content: what was written stays as it was last seen
versions as (

    select
        *,
        row_number() over (
            partition by source, event_id
            order by coalesce(is_tombstone, false) asc, coalesce(is_redacted, false) asc, {{ newest_first() }}
        ) as content_rank,
        first_value(deleted_at) over (
            partition by source, event_id
            order by {{ newest_first() }}
        ) as gone_at
    from messages

),

events as (

    select
        *,
        coalesce(rel_type = 'm.replace', false) as is_edit,
        coalesce(case when rel_type = 'm.thread' then relates_to end, in_reply_to) as up_0
    from versions
    where content_rank = 1 and not coalesce(is_tombstone, false)

),

-- only the author's own edits count, and the last that still stands
edits as (

    select
        *,
        row_number() over (
            partition by source, relates_to, sender
            order by created_at desc, event_id desc
        ) as edit_rank
    from events
    where is_edit and gone_at is null

),

-- what each answer stands under
links_0 as (

    select
        source,
        event_id,
        up_0
    from events
    where up_0 is not null and not is_edit

),
{{ thread_links('event_id') }}

select
    events.source,
    'matrix' as platform,
    events.event_id as message_id,
    events.room_id as channel_id,
    events.sender as author_id,
    events.created_at,
    edits.created_at as edited_at,
    events.gone_at as deleted_at,
    coalesce(links_5.up_5, events.event_id) as thread_id,
    case when not coalesce(events.is_falling_back, false) then events.in_reply_to end as parent_id,
    cast(null as varchar) as repost_of,
    case
        when events.msgtype = 'm.server_notice' then 'system'
        when links_5.up_5 is null then 'post'
        else 'comment'
    end as kind,
    links_5.up_5 is null as is_opener,
    cast(null as varchar) as title,
    case when edits.event_id is null then events.body else edits.body end as text,
    'https://matrix.to/#/' || events.room_id || '/' || events.event_id as url,
    coalesce(case when edits.event_id is null then events.user_ids else edits.user_ids end, {{ no_list() }}) as mentions,
    cast(case when edits.event_id is null then events.text_length else edits.text_length end as bigint) as text_length,
    cast(case when edits.event_id is null then events.links_count else edits.links_count end as bigint) as links_count,
    coalesce(case when edits.event_id is null then events.has_question else edits.has_question end, false) as has_question,
    false as is_marked_question
from events
left join edits
    on
        events.source = edits.source
        and events.event_id = edits.relates_to
        and events.sender = edits.sender
        and edits.edit_rank = 1
left join links_5
    on events.source = links_5.source and events.event_id = links_5.event_id
where not events.is_edit
