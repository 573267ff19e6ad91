"""Turns Mastodon's objects into records of our streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sources.mastodon.html import plain

Record = dict[str, Any]
FAVOURITE = "favourite"
_ADDRESS = re.compile(r"https?://[^\s)]+")
COUNTED = ("replies", "favourites", "reblogs")


def message(status: Record) -> Record:
    """A status as a message. Its address is kept only where a name in it stands where it can be found again."""
    author, reblog = _object(status.get("account")), _object(status.get("reblog"))
    content, url = status.get("content"), status.get("url")
    is_plain_url = isinstance(url, str) and ("/@" in url or "/users/" in url)
    shown = {name: status.get(name) for name in ("id", "created_at", "edited_at", "in_reply_to_id", "visibility")}
    return shown | {
        "account_id": author.get("id"),
        "reblog_of_id": reblog.get("id"),
        "url": url if is_plain_url else None,
        "text": plain(content) if isinstance(content, str) else content,
        "mentioned": [str(one["id"]) for one in objects(status.get("mentions")) if one.get("id")],
        "is_tombstone": False,
    }


def tombstone(message_id: str, deleted_at: datetime) -> Record:
    """A version that says only that a status is gone."""
    return {"id": message_id, "deleted_at": deleted_at, "is_tombstone": True}


def account(shown: Record) -> Record:
    """An account as far as a status, a list or a notification shows it."""
    names = ("id", "acct", "display_name", "created_at", "bot")
    roles = [str(role.get("name")) for role in objects(shown.get("roles")) if role.get("name")]
    return {name: shown.get(name) for name in names} | {
        "suspended": shown.get("suspended") or False,
        "roles": sorted(roles),
        "links": _links(objects(shown.get("fields"))),
    }


def _links(fields: list[Record]) -> str | None:
    """The addresses in the fields of a profile, a space between them."""
    values = [plain(field["value"]) for field in fields if isinstance(field.get("value"), str)]
    return " ".join(_ADDRESS.findall(" ".join(values))) or None


def counts(status: Record) -> Iterator[Record]:
    """The counters of a status; a reblog has none of its own."""
    if not _object(status.get("reblog")):
        for metric in COUNTED:
            if (value := status.get(f"{metric}_count")) is not None:
                yield count("message", status.get("id"), metric, value)


def count(scope: str, id: object, metric: str, value: object) -> Record:
    """A number the server states."""
    return {"scope": scope, "id": id, "metric": metric, "value": value}


def favourite(message_id: str, account_id: object, *, is_removed: bool = False) -> Record:
    """Who favoured a status; nobody tells when."""
    return {"message_id": message_id, "account_id": account_id, "kind": FAVOURITE, "is_removed": is_removed}


def follow(account_id: object, followed: str, event: str, at: object, after: object = None, *, exact: bool) -> Record:
    """Somebody follows, or follows no more."""
    when = {"occurred_at": at, "occurred_after": after, "is_exact": exact}
    return {"account_id": account_id, "scope": "account", "scope_id": followed, "event": event, **when}


def sign_up(notification: Record) -> Record:
    """Somebody joined the server, to the second; only its moderators are told."""
    when = {"occurred_at": notification.get("created_at"), "is_exact": True}
    return {"account_id": notifier(notification), "scope": "community", "scope_id": "", "event": "join", **when}


def notifier(notification: Record) -> Any:
    """The account a notification is about."""
    return _object(notification.get("account")).get("id")


def nested(statuses: Iterable[Any]) -> Iterator[Record]:
    """Every status, and after a reblog the status it passes on."""
    for status in statuses:
        if isinstance(status, dict):
            yield status
            if reblog := _object(status.get("reblog")):
                yield reblog


def objects(value: Any) -> list[Record]:
    """The objects of a list; nothing where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _object(value: Any) -> Record:
    return value if isinstance(value, dict) else {}
