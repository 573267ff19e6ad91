"""Turns Slack's objects, of an export or of the Web API, into records of our streams."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

EVENTS = {"channel_join": "join", "group_join": "join", "channel_leave": "leave", "group_leave": "leave"}
DELETED = "tombstone"  # the subtype Slack leaves where the opening message of a thread was deleted


def account(user: Mapping[str, Any]) -> dict[str, Any]:
    """A user of users.json; of the address only a hash is kept."""
    profile = _object(user.get("profile"))
    flags = {name: user.get(name) for name in ("is_bot", "is_admin", "is_owner", "deleted", "is_email_confirmed")}
    names = {
        "name": user.get("name"),
        "real_name": user.get("real_name") or profile.get("real_name"),
        "display_name": profile.get("display_name") or None,
    }
    # 0 means never
    own = {"id": user.get("id"), "updated": user.get("updated") or None}
    return {**own, **names, **flags, "email_hash": _hashed(profile.get("email"))}


def guest(user_id: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Someone who is not in users.json (from a shared channel), as the message shows them."""
    profile = _object(message.get("user_profile"))
    names = {name: profile.get(name) or None for name in ("name", "real_name", "display_name")}
    return {"id": user_id, **names, "is_bot": False, "deleted": False}


def bot(bot_id: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """A bot as its message shows it."""
    name = _object(message.get("bot_profile")).get("name") or message.get("username")
    return {"id": bot_id, "name": name, "is_bot": True, "deleted": False}


def bridged(account_id: str, username: str) -> dict[str, Any]:
    """A person a bridge bot speaks for."""
    return {"id": account_id, "name": username, "display_name": username, "is_bot": False, "deleted": False}


def channel(found: Mapping[str, Any], *, is_private: bool) -> dict[str, Any]:
    """A channel of channels.json, or a private one of groups.json."""
    shown = {name: found.get(name) for name in ("id", "name", "creator", "is_archived")}
    general = found.get("is_general", False)
    return {**shown, "created": found.get("created") or None, "is_general": general, "is_private": is_private}


def author(message: Mapping[str, Any], bridges: Collection[str]) -> str | None:
    """Who speaks: the bridged person, the user, the commenter of a file, or the bot."""
    bot_id, username = message.get("bot_id"), message.get("username")
    if isinstance(bot_id, str) and bot_id in bridges and isinstance(username, str) and username:
        return f"{bot_id}/{username}"
    comment = _object(message.get("comment"))
    found = message.get("user") or comment.get("user") or bot_id
    return found if isinstance(found, str) else None


def message(found: Mapping[str, Any], channel_id: str, author_id: str | None) -> dict[str, Any]:
    """A message; everything the platform makes stays in, with its subtype."""
    shown = {name: found.get(name) for name in ("ts", "bot_id", "username", "subtype", "thread_ts", "text")}
    times = {"created_at": found.get("ts"), "edited_at": _object(found.get("edited")).get("ts")}
    return {"channel_id": channel_id, **shown, **times, "user": author_id, "is_tombstone": False}


def tombstone(channel_id: str, ts: str, deleted_at: object) -> dict[str, Any]:
    """A version that says only that a message is gone."""
    return {"channel_id": channel_id, "ts": ts, "deleted_at": deleted_at, "is_tombstone": True}


def reactions(found: Mapping[str, Any], channel_id: str) -> list[dict[str, Any]]:
    """One record for each user and emoji; the export has no times."""
    where = {"channel_id": channel_id, "ts": found.get("ts"), "is_removed": False}
    return [
        where | {"name": reaction.get("name"), "user": user}
        for reaction in objects(found.get("reactions"))
        for user in _list(reaction.get("users"))
    ]


def counts(found: Mapping[str, Any], channel_id: str) -> list[dict[str, Any]]:
    """The numbers a message carries: each emoji's count, and replies if it opens a thread."""
    values = {f"reaction:{r.get('name')}": r.get("count") for r in objects(found.get("reactions"))}
    values["replies"] = found.get("reply_count")
    scope = {"scope": "message", "id": f"{channel_id}/{found.get('ts')}"}
    return [scope | {"metric": metric, "value": value} for metric, value in values.items() if value is not None]


def membership(found: Mapping[str, Any], channel_id: str, author_id: str | None) -> list[dict[str, Any]]:
    """The join or leave a message tells."""
    subtype = found.get("subtype")
    if not isinstance(subtype, str) or subtype not in EVENTS:
        return []
    event = EVENTS[subtype]
    when = {"occurred_at": found.get("ts"), "is_exact": True}
    return [{"account_id": author_id, "scope": "channel", "scope_id": channel_id, "event": event, **when}]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of anything else, none."""
    return [item for item in _list(value) if isinstance(item, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _hashed(address: Any) -> str | None:
    if not isinstance(address, str) or not address.strip():
        return None
    return hashlib.sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()
