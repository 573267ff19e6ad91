"""The JSON shapes of Discourse: posts, topics, accounts, categories, site facts."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from sandbox.discourse_state import AccountRow, Row, State, TopicRow
from sandbox.model import Category
from sandbox.moments import DAY, HOUR, SECOND, iso
from sandbox.words import slug

_NOBODY = AccountRow(0, "deleted_user", "", 0)
_READ_BY = ((HOUR, 0.1), (DAY, 0.4), (7 * DAY, 0.8))
# in the answers of /t/… a post has neither its source nor what the topic says already
_ONLY_LATEST = frozenset({
    "raw", "topic_title", "topic_html_title", "category_id", "excerpt", "truncated", "posts_count",
    "badges_granted", "post_url", "flair_group_id",
})  # fmt: skip
_NO_FLAIR = {"primary_group_name": None, "flair_name": None, "flair_url": None, "flair_bg_color": None,
             "flair_color": None}  # fmt: skip


def avatar(username: str) -> str:
    """The address template of an account's picture."""
    return f"/letter_avatar_proxy/v4/letter/{username[:1].lower()}/b5a626/{{size}}.png"


def cooked(raw: str) -> str:
    """The HTML of a source text, roughly: paragraphs and code, all else escaped."""
    if not raw:
        return ""
    blocks = [block for block in raw.split("\n\n") if block]
    return "\n".join(
        f"<pre><code>{escape(block.strip('`').strip())}</code></pre>"
        if block.startswith("```")
        else f"<p>{escape(block)}</p>"
        for block in blocks
    )


def reads(row: Row, now: int) -> int:
    """How many have read a post: grows for a week, then rests, so that most versions differ in nothing else."""
    most, age = 5 + row.id * 7919 % 90, now - row.at
    return 1 + int(most * next((share for until, share in _READ_BY if age < until), 1.0))


def latest_bytes(state: State, row: Row) -> bytes:
    """A post as /posts.json gives it, encoded; kept until it changes."""
    if row.fields is not None:
        row.cache = row.cache or ((0, 0), msgspec.json.encode(row.fields))
        return row.cache[1]
    fresh = (reads(row, state.now), len(state.topics[row.topic_id].posts))
    if row.cache is None or row.cache[0] != fresh:
        row.cache = (fresh, msgspec.json.encode(post(state, row)))
    return row.cache[1]


def post(state: State, row: Row) -> dict[str, Any]:
    """A post with everything /posts.json says of it."""
    if row.fields is not None:
        return dict(row.fields)
    topic, author = state.topics[row.topic_id], state.accounts.get(row.account_id, _NOBODY)
    (title, title_html, address), seen, html = topic.names(), reads(row, state.now), cooked(row.raw)
    made: dict[str, Any] = {
        "id": row.id, "name": author.name or None, "username": author.username,
        "avatar_template": avatar(author.username), "created_at": iso(row.at), "cooked": html,
        "post_number": row.number, "post_type": row.kind, "posts_count": len(topic.posts),
        "updated_at": iso(row.updated), "reply_count": 0, "reply_to_post_number": row.reply_to,
        "quote_count": row.raw.count("[quote="), "incoming_link_count": 0, "reads": seen, "readers_count": seen - 1,
        "score": round(seen * 0.2 + row.likes * 15, 1), "yours": False, "topic_id": row.topic_id,
        "topic_slug": address, "topic_title": title, "topic_html_title": title_html,
        "category_id": topic.category_id, "display_username": author.name or None, **_NO_FLAIR,
        "flair_group_id": None, "badges_granted": [], "version": row.version, "can_edit": False, "can_delete": False,
        "can_recover": False, "can_see_hidden_post": False, "can_wiki": False, "user_title": None,
        "bookmarked": False, "raw": row.raw,
        "actions_summary": [{"id": 2, "count": row.likes}] if row.likes > 0 else [],
        "moderator": author.moderator, "admin": author.admin, "staff": author.moderator or author.admin,
        "user_id": row.account_id, "hidden": False, "trust_level": author.trust_level,
        "deleted_at": None if row.deleted_at is None else iso(row.deleted_at), "user_deleted": row.user_deleted,
        "edit_reason": None, "can_view_edit_history": True, "wiki": False, "excerpt": html[:200],
        "truncated": len(html) > 200, "reviewable_id": None, "reviewable_score_count": 0,
        "reviewable_score_pending_count": 0, "post_url": f"/t/{address}/{row.topic_id}/{row.number}",
        "reactions": [{"id": "heart", "type": "emoji", "count": row.likes}] if row.likes > 0 else [],
        "current_user_reaction": None, "reaction_users_count": max(row.likes, 0),
        "current_user_used_main_reaction": False, "accepted_answer": topic.accepted == row.id,
    }  # fmt: skip
    if row.kind != 1:
        made["action_code"] = "closed.enabled"
    return made


def topic_post(state: State, row: Row, with_raw: bool = False) -> dict[str, Any]:
    """A post as /t/… gives it."""
    made = {key: value for key, value in post(state, row).items() if key not in _ONLY_LATEST}
    made |= {"link_counts": [], "read": True, "reviewable_id": 0, "display_username": made["display_username"] or ""}
    made["name"] = made["name"] or ""
    return made | {"raw": row.raw} if with_raw else made


def topic(state: State, row: TopicRow, shown: list[Row], with_raw: bool) -> dict[str, Any]:
    """A topic with its first posts and the ids of all."""
    rows = [state.rows[number] for number in row.posts]
    regular = [one for one in rows if one.kind == 1]
    last, likes = max(rows, key=lambda one: one.at), sum(one.likes for one in rows)
    opener, closed = state.accounts.get(row.account_id, _NOBODY), any(one.kind == 3 for one in rows)
    return {
        "post_stream": {"posts": [topic_post(state, one, with_raw) for one in shown], "stream": row.posts},
        "timeline_lookup": [], "suggested_topics": [], "tags": [], "tags_descriptions": {}, "id": row.id,
        "title": row.title, "fancy_title": escape(row.title), "posts_count": len(regular), "created_at": iso(row.at),
        "views": sum(reads(one, state.now) for one in rows), "reply_count": max(0, len(regular) - 1),
        "like_count": likes, "last_posted_at": iso(last.at), "visible": True, "closed": closed, "archived": False,
        "has_summary": False, "archetype": "regular", "slug": slug(row.title), "category_id": row.category_id,
        "word_count": sum(one.raw.count(" ") + 1 for one in rows), "deleted_at": None, "user_id": row.account_id,
        "featured_link": None, "pinned_globally": False, "pinned_at": None, "pinned_until": None, "image_url": None,
        "slow_mode_seconds": 0, "draft": None, "draft_key": f"topic_{row.id}", "draft_sequence": 0, "unpinned": None,
        "pinned": False, "highest_post_number": max(one.number for one in rows), "deleted_by": None,
        "has_deleted": False, "actions_summary": [], "chunk_size": 20, "bookmarked": False, "bookmarks": [],
        "topic_timer": None, "message_bus_last_id": 0, "participant_count": len({one.account_id for one in rows}),
        "show_read_indicator": False, "thumbnails": None, "slow_mode_enabled_until": None,
        "details": _details(opener, state.accounts.get(last.account_id, _NOBODY)),
    }  # fmt: skip


def _details(opener: AccountRow, last: AccountRow) -> dict[str, Any]:
    may = ("edit", "move_posts", "delete", "remove_allowed_users", "create_post", "reply_as_new_topic",
           "convert_topic", "review_topic", "close_topic", "archive_topic", "split_merge_topic", "edit_staff_notes",
           "toggle_topic_visibility", "pin_unpin_topic", "moderate_category")  # fmt: skip
    return {
        **{f"can_{what}": False for what in may}, "notification_level": 1, "can_remove_self_id": 0,
        "created_by": basic(opener), "last_poster": basic(last),
    }  # fmt: skip


def basic(account: AccountRow) -> dict[str, Any]:
    """Id and names of an account."""
    return {"id": account.id, "username": account.username, "name": account.name,
            "avatar_template": avatar(account.username)}  # fmt: skip


def admin_row(state: State, account: AccountRow, with_email: bool) -> dict[str, Any]:
    """An account as the admin list gives it."""
    rows = [state.rows[number] for number in account.posts]
    seen = max((row.at for row in rows if row.at <= state.now), default=account.at)
    made: dict[str, Any] = {
        "id": account.id, "username": account.username, "name": account.name or None,
        "avatar_template": avatar(account.username), "active": True, "admin": account.admin,
        "moderator": account.moderator, "last_seen_at": iso(seen), "last_emailed_at": None,
        "created_at": iso(account.at), "last_seen_age": (state.now - seen) / SECOND, "last_emailed_age": None,
        "created_at_age": (state.now - account.at) / SECOND, "trust_level": account.trust_level,
        "manual_locked_trust_level": None, "title": None, "time_read": 60 * len(rows), "staged": False,
        "days_visited": len({row.at // DAY for row in rows}), "posts_read_count": len(rows),
        "topics_entered": len({row.topic_id for row in rows}), "post_count": len(rows),
    }  # fmt: skip
    if account.suspended_at is not None:
        made |= {"suspended_at": iso(account.suspended_at), "suspended_till": iso(account.suspended_at + 3650 * DAY)}
    if with_email and account.email:
        made |= {"email": account.email, "secondary_emails": []}
    return made


def directory_row(state: State, account: AccountRow) -> dict[str, Any]:
    """An account as the user directory gives it."""
    rows = [state.rows[number] for number in account.posts]
    return {
        "id": account.id, "likes_received": sum(row.likes for row in rows), "likes_given": 0,
        "topics_entered": len({row.topic_id for row in rows}), "topic_count": sum(row.number == 1 for row in rows),
        "post_count": len(rows), "posts_read": len(rows), "days_visited": len({row.at // DAY for row in rows}),
        "user": {**basic(account), "name": account.name or None, "title": None},
    }  # fmt: skip


def category(state: State, one: Category) -> dict[str, Any]:
    """A category as /categories.json gives it."""
    topics = [row for row in state.topics.values() if row.category_id == one.id and row.posts]
    children = [other.id for other in state.categories.values() if other.parent_id == one.id]
    made: dict[str, Any] = {
        "id": one.id, "name": one.name, "color": "0088CC", "text_color": "FFFFFF", "style_type": "square",
        "emoji": None, "icon": None, "slug": one.slug, "topic_count": len(topics),
        "post_count": sum(len(row.posts) for row in topics), "position": one.id, "description": None,
        "description_text": None, "description_excerpt": None, "topic_url": f"/t/about-{one.slug}", "permission": 1,
        "read_restricted": False, "notification_level": 1, "can_edit": False, "topic_template": None,
        "topic_title_placeholder": None, "has_children": bool(children), "subcategory_count": len(children) or None,
        "sort_order": None, "sort_ascending": None, "show_subcategory_list": False, "num_featured_topics": 3,
        "default_view": None, "subcategory_list_style": "rows_with_featured_topics", "default_top_period": "all",
        "default_list_filter": "all", "minimum_required_tags": 0, "navigate_to_first_post_after_read": False,
        "topics_day": 0, "topics_week": 0, "topics_month": 0, "topics_year": 0, "topics_all_time": len(topics),
        "subcategory_ids": children, "uploaded_logo": None, "uploaded_logo_dark": None, "uploaded_background": None,
        "uploaded_background_dark": None,
    }  # fmt: skip
    return made if one.parent_id is None else {**made, "parent_category_id": one.parent_id}
