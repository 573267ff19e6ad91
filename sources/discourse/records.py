"""Turns Discourse's objects into records of our streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

LIKE = 2  # the id of a like in actions_summary
# whose details are the reason; a silence was called a block once, one struck off the record is called removed
PENALTIES = frozenset({"suspend_user", "silence_user", "block_user", "removed_suspend_user", "removed_silence_user"})
_DELETED = re.compile(r"^id: (\d{1,18})$", re.MULTILINE)


def message(post: dict[str, Any]) -> dict[str, Any]:
    """A post as a message: its own names, marked as no tombstone."""
    post["is_tombstone"] = False
    return post


def tombstone(post_id: int, deleted_at: object) -> dict[str, Any]:
    """A version that says only that a post is gone."""
    return {"id": post_id, "deleted_at": deleted_at, "is_tombstone": True}


def counts(post: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counters a post carries; likes come from actions_summary alone (the reactions plugin counts them again)."""
    values = {"reads": post.get("reads"), "replies": post.get("reply_count")}
    actions = post.get("actions_summary")
    if isinstance(actions, list):
        values["likes"] = _likes(actions)
    scope = {"scope": "message", "id": str(post.get("id"))}
    return [scope | {"metric": metric, "value": value} for metric, value in values.items() if value is not None]


def _likes(actions: list[Any]) -> int:
    """No entry means none."""
    found = (action for action in actions if isinstance(action, dict) and action.get("id") == LIKE)
    return next((action.get("count") or 0 for action in found), 0)


def author(post: Mapping[str, Any]) -> dict[str, Any]:
    """An account as far as a post of its own shows it."""
    shown = {name: post.get(name) for name in ("username", "name", "admin", "moderator", "trust_level")}
    return {"id": post.get("user_id"), **shown, "is_listed": False, "is_deleted": False}


def listed(user: Mapping[str, Any]) -> dict[str, Any]:
    """An account of the admin list; what names the person elsewhere (addresses) is left out."""
    names = ("id", "username", "name", "admin", "moderator", "trust_level", "created_at", "suspended_at")
    shown = {name: user.get(name) for name in (*names, "active", "staged")}
    return {**shown, "is_listed": True, "is_deleted": False}


def channel(category: Mapping[str, Any]) -> dict[str, Any]:
    """A category."""
    return {name: category.get(name) for name in ("id", "name", "slug", "parent_category_id", "read_restricted")}


def staff_action(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the staff log; elsewhere than in penalties its details repeat what was deleted, with names."""
    name, details = str(entry.get("action_name")), entry.get("details")
    target = _user(entry, "target_user")
    if name == "delete_user" and target is None and isinstance(details, str) and (gone := _DELETED.search(details)):
        target = int(gone.group(1))
    shown = {column: entry.get(column) for column in ("id", "action_name", "post_id", "topic_id", "created_at")}
    return shown | {
        "record": "staff_action",
        "acting_user_id": _user(entry, "acting_user"),
        "target_user_id": target,
        "details": details if name in PENALTIES else None,
    }


def flags(
    review: Mapping[str, Any], scores: Iterable[Mapping[str, Any]], types: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Who flagged a post as what, and how each flag was judged."""
    own, kinds = review.get("reviewable_score_ids"), {one.get("id"): one.get("type") for one in types}
    shown = {"post_id": review.get("post_id"), "topic_id": review.get("topic_id")}
    return [
        shown
        | {column: one.get(column) for column in ("id", "created_at", "status", "reviewed_by_id", "reviewed_at")}
        | {
            "record": "flag",
            "action_name": kinds.get(one.get("score_type_id")),
            "acting_user_id": one.get("user_id"),
            "target_user_id": review.get("target_created_by_id"),
        }
        for one in scores
        if isinstance(own, list) and one.get("id") in own
    ]


def _user(entry: Mapping[str, Any], name: str) -> Any:
    user = entry.get(name)
    return user.get("id") if isinstance(user, dict) else None


def ids(items: Iterable[Mapping[str, Any]]) -> set[int]:
    """The ids of items, of those that have one."""
    return {item["id"] for item in items if isinstance(item.get("id"), int)}


def is_since(item: Any, since: datetime) -> bool:
    """Items without a readable date are kept: the table will reject them with the reason."""
    created = item.get("created_at") if isinstance(item, dict) else None
    try:
        return datetime.fromisoformat(str(created)).astimezone(UTC).replace(tzinfo=None) >= since
    except ValueError:
        return True


def join(account_id: object, occurred_at: object, occurred_after: object = None, *, exact: bool) -> dict[str, Any]:
    """A membership event of the whole community."""
    return _event(account_id, "join", occurred_at, occurred_after, exact)


def leave(account_id: object, occurred_at: object, occurred_after: object) -> dict[str, Any]:
    """A departure found between two lists: the interval is known, the instant is not."""
    return _event(account_id, "leave", occurred_at, occurred_after, False)


def _event(account_id: object, event: str, at: object, after: object, exact: bool) -> dict[str, Any]:
    when = {"occurred_at": at, "occurred_after": after, "is_exact": exact}
    return {"account_id": account_id, "scope": "community", "scope_id": "", "event": event, **when}
