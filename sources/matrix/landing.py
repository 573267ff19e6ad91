"""Sorts a room's events into the streams: messages, reactions, memberships, moderation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sources.connector import Context, Item, Page
from sources.matrix import records
from sources.matrix.events import MESSAGE_TYPES, Event, redaction, redacts, seconds, text
from sources.streams import Rejected
from sources.table import reject

MODERATED = ("kick", "ban", "unban")


class Lander:
    """Makes pages of events; it knows what was landed before, because a redaction does not say what it redacts."""

    def __init__(self, context: Context, start: float | None) -> None:
        """`start` in seconds: what is older is left out."""
        self.context, self.start = context, start
        self._known: dict[str, pa.ChunkedArray] = {}

    def land(self, room_id: str, events: Sequence[Any], raws: Sequence[msgspec.Raw]) -> Iterator[Item]:
        """The rows of events of one room, in whatever order they come."""
        rows: dict[str, list[tuple[dict[str, Any], bytes]]] = {}
        redactions: dict[str, Event] = {}
        for event, raw in zip(events, raws, strict=True):
            if not isinstance(event, dict):
                yield reject("messages", event, bytes(raw), None, "not an object")
                continue
            if self._is_too_old(event):
                continue
            for item in self._rows(event, room_id):
                if isinstance(item, Rejected):
                    yield reject(item.stream, event, bytes(raw), item.column, item.reason)
                else:
                    rows.setdefault(item[0], []).append((item[1], bytes(raw)))
            if event.get("type") == "m.room.redaction" and (target := redacts(event)):
                redactions[target] = event
        for stream, found in rows.items():
            yield Page(stream, [row for row, _ in found], [payload for _, payload in found])
        yield from self._redacted(redactions)

    def _rows(self, event: Event, room_id: str) -> Iterator[tuple[str, dict[str, Any]] | Rejected]:
        kind = event.get("type")
        if kind in MESSAGE_TYPES and "state_key" not in event:
            yield "messages", records.message(event, room_id)
        elif kind == "m.reaction" and not redaction(event):  # a redacted one does not say what it was
            yield "reactions", records.reaction(event, room_id)
        elif kind == "m.room.redaction":
            yield "moderation", records.moderation(event, room_id, "redaction")
        elif kind == "m.room.member" and (happened := records.transition(event)):
            yield "memberships", records.membership(event, room_id, happened)
            if happened in MODERATED:
                yield "moderation", records.moderation(event, room_id, happened)

    def _redacted(self, redactions: dict[str, Event]) -> Iterator[Item]:
        """What was landed whole and is redacted now; what was redacted before it was read is a shell already."""
        if not redactions:
            return
        gone = self._landed("messages", redactions)
        if gone:
            yield Page("messages", [records.tombstone(event_id, redactions[event_id]) for event_id in gone])
        if taken_back := self._landed("reactions", redactions):
            yield Page("reactions", [records.removal(event_id) for event_id in taken_back])

    def _landed(self, stream: str, wanted: dict[str, Event]) -> list[str]:
        """Those of the wanted event ids that live in the warehouse."""
        if stream not in self._known:
            self._known[stream] = self.context.known(stream)["event_id"]
        known = self._known[stream]
        found: list[str] = known.filter(pc.is_in(known, pa.array(sorted(wanted), pa.string()))).to_pylist()
        return found

    def _is_too_old(self, event: Event) -> bool:
        moment = seconds(event)
        return self.start is not None and isinstance(moment, float) and moment < self.start


class People:
    """Decides which member events become account rows: the newest speaks, older ones only for the unknown."""

    def __init__(self, context: Context) -> None:
        """Asks the warehouse nothing yet."""
        self.context = context
        self._known: set[str] | None = None
        self._seen: set[str] = set()

    def newest(self, events: Sequence[Any]) -> list[dict[str, Any]]:
        """Accounts by the latest state, given oldest first."""
        rows = {row["user_id"]: row for row in _accounts(events)}
        self._seen |= rows.keys()
        return list(rows.values())

    def older(self, events: Sequence[Any]) -> list[dict[str, Any]]:
        """Accounts nobody has told of yet, by events given newest first."""
        rows: list[dict[str, Any]] = []
        for row in _accounts(events):
            if self._known is None:
                self._known = set(self.context.known("accounts")["user_id"].to_pylist())
            if row["user_id"] not in self._seen and row["user_id"] not in self._known:
                self._seen.add(row["user_id"])
                rows.append(row)
        return rows


def _accounts(events: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for event in events:
        if isinstance(event, dict) and event.get("type") == "m.room.member" and text(event.get("state_key")):
            row = records.account(event)
            if row:
                yield row
