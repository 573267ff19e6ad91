"""Turns Discourse's objects into records of our streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIKE = 2  # the id of a like in actions_summary


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


def join(account_id: object, occurred_at: object, occurred_after: object = None, *, exact: bool) -> dict[str, Any]:
    """A membership event of the whole community."""
    return _event(account_id, "join", occurred_at, occurred_after, exact)


def leave(account_id: object, occurred_at: object, occurred_after: object) -> dict[str, Any]:
    """A departure found between two lists: the interval is known, the instant is not."""
    return _event(account_id, "leave", occurred_at, occurred_after, False)


def _event(account_id: object, event: str, at: object, after: object, exact: bool) -> dict[str, Any]:
    when = {"occurred_at": at, "occurred_after": after, "is_exact": exact}
    return {"account_id": account_id, "scope": "community", "scope_id": "", "event": event, **when}
