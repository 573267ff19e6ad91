"""Turns the messages of a Telegram export into rows; fields are read without being trusted, the table judges them."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

JOINS = {"join_group_by_link", "join_group_by_request"}
QUOTED = {"code": "`{}`", "pre": "```\n{}\n```", "blockquote": "> {}", "text_link": "[{}]({href})"}
Row = dict[str, Any]


def message(item: Mapping[str, Any], chat_id: str) -> Row:
    """A message, or a notice of Telegram's own about the chat."""
    media, text = item.get("media_type"), item.get("text")
    return {
        "chat_id": chat_id,
        "id": item.get("id"),
        "type": item.get("type"),
        "action": item.get("action"),
        "from_id": item.get("from_id") or item.get("actor_id"),
        "date_unixtime": seconds(item.get("date_unixtime")),
        "edited_unixtime": seconds(item.get("edited_unixtime")),
        "reply_to_message_id": item.get("reply_to_message_id"),
        "reply_to_peer_id": item.get("reply_to_peer_id"),
        "is_forwarded": "forwarded_from" in item,
        "is_poll": "poll" in item or media == "poll",
        "text": "".join(map(_written, text)) if isinstance(text, list) else text,
        "mentioned": [f"user{part['user_id']}" for part in _dicts(text) if part.get("user_id")],
        "is_tombstone": False,
    }


def tombstone(chat_id: str, number: int, now: datetime) -> Row:
    """What an earlier export had and this one lacks."""
    return {"chat_id": chat_id, "id": number, "deleted_at": now, "is_tombstone": True}


def account(from_id: str, name: object) -> Row:
    """Who wrote, under the name of the last message; Telegram leaves a deleted account without one."""
    return {"from_id": from_id, "name": name, "is_deleted": name is None}


def reactions(item: Mapping[str, Any], chat_id: str, clock: Clock) -> tuple[list[Row], list[Row]]:
    """Those it names, the latest of each kind, and how many there are of each."""
    named, counted = [], []
    for reaction in _dicts(item.get("reactions")):
        kind = reaction.get("emoji") or reaction.get("document_id") or reaction.get("type")
        place = {"chat_id": chat_id, "message_id": item.get("id")}
        counted.append(place | {"metric": f"reaction:{kind}", "value": reaction.get("count")})
        for recent in _dicts(reaction.get("recent")):
            moment = clock.utc(recent.get("date"))
            named.append(place | {"from_id": recent.get("from_id"), "kind": kind, "occurred_at": moment})
    return named, counted


def memberships(item: Mapping[str, Any], chat_id: str, scope: str, ids: Mapping[str, str]) -> Iterator[Row]:
    """Comings and goings told by a notice. It names members by name: `ids` has those whose name is theirs alone."""
    action, actor, name = item.get("action"), item.get("actor_id"), item.get("actor")
    members = item.get("members")
    if action in JOINS:
        moved = [(actor, "join")]
    elif action in ("invite_members", "remove_members"):
        names = members if isinstance(members, list) else []
        whole = {True: "join", False: "join"} if action == "invite_members" else {True: "leave", False: "kick"}
        moved = [(actor if one == name else _id(one, ids), whole[one == name]) for one in names]
    else:
        return
    place = {"chat_id": chat_id, "message_id": item.get("id"), "scope": scope, "actor_id": actor}
    moment = seconds(item.get("date_unixtime"))
    for position, (account_id, event) in enumerate(moved):
        yield place | {"position": position, "account_id": account_id, "event": event, "occurred_at": moment}


def _id(name: object, ids: Mapping[str, str]) -> str:
    """The id of a name; of a person who never wrote nothing else is known, its hash stands for them till they do."""
    known = ids.get(name) if isinstance(name, str) else None
    return known or f"name{hashlib.sha256(str(name).encode(errors='replace')).hexdigest()[:16]}"


def seconds(value: object) -> object:
    """Seconds since 1970, which the export writes as text; anything else is left for the table to refuse."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


class Clock:
    """The exporting machine's clock: reactions are dated by it, messages also in UTC, which tells the difference."""

    def __init__(self) -> None:
        self._from, self._offset = list[datetime](), list[float]()

    def learn(self, item: Mapping[str, Any]) -> None:
        """Take the difference from a message that has both; messages come in time's order."""
        local, moment = _local(item.get("date")), seconds(item.get("date_unixtime"))
        if local is not None and isinstance(moment, int):
            offset = local.replace(tzinfo=UTC).timestamp() - moment
            if not self._offset or self._offset[-1] != offset:
                self._from.append(local)
                self._offset.append(offset)

    def utc(self, date: object) -> float | None:
        """Seconds since 1970 of a date on that clock; None where it cannot be told."""
        local = _local(date)
        if local is None or not self._offset:
            return None
        place = max(0, bisect_right(self._from, local) - 1)
        return local.replace(tzinfo=UTC).timestamp() - self._offset[place]


def _local(date: object) -> datetime | None:
    try:
        return datetime.fromisoformat(date) if isinstance(date, str) else None
    except ValueError:
        return None


def _dicts(items: object) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _written(part: object) -> str:
    """A piece of a text: what is quoted or code is marked as such, so that it does not count as the author's words."""
    if not isinstance(part, dict):
        return part if isinstance(part, str) else ""
    text = str(part.get("text") or "")
    return QUOTED.get(str(part.get("type")), "{}").format(text, href=part.get("href") or "")
