"""Finds what an earlier export had and this one lacks: messages deleted, reactions taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources import slack_records as records
from sources.connector import Context, Item, Page

_PAGE = 5_000


class Absence:
    """What the warehouse knows, against what the export holds; only channels in the export are compared."""

    def __init__(self, context: Context) -> None:
        """Asks the warehouse once."""
        self.context, self.is_first = context, "fingerprint" not in context.state
        self.messages, self.reactions = context.known("messages"), context.known("reactions")
        self.gone: list[pa.Table] = []
        self.taken_back: list[pa.Table] = []

    def channel(self, channel_id: str) -> Channel:
        """The comparison of one channel."""
        return Channel(self, channel_id)

    def removed(self, first: str, last: str) -> Iterator[Item]:
        """Tombstones and removed reactions, within the time the export covers."""
        for ts_rows in _pages(self.gone, first, last):
            rows = [records.tombstone(row["channel_id"], row["ts"], self.context.now) for row in ts_rows]
            yield Page("messages", rows)
        for reactions in _pages(self.taken_back, first, last):
            yield Page("reactions", [row | {"is_removed": True} for row in reactions])


class Channel:
    """One channel: gathers what is there, then keeps what is known and was not seen."""

    def __init__(self, absence: Absence, channel_id: str) -> None:
        self.absence, self.channel_id = absence, channel_id
        self.known = _of(absence.messages, channel_id)
        self.known_reactions = _of(absence.reactions, channel_id)
        self._alive = set(self.known["ts"].to_pylist())
        self._seen, self._seen_reactions = set[str](), set[tuple[str, ...]]()
        self._partial = set[tuple[str, ...]]()
        self._skipped: list[tuple[str, str]] = []

    def skip(self, day: str) -> None:
        """A day that could not be read proves nothing; the file's day may be that of any time zone."""
        around = date.fromisoformat(day)
        bounds = (around - timedelta(days=1), around + timedelta(days=2))
        low, high = (str((bound - date(1970, 1, 1)).days * 86400) for bound in bounds)
        self._skipped.append((low, high))

    def version(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The row of a message that is there; one Slack marks as deleted is a tombstone, said once."""
        ts = message["ts"]
        self._seen.add(str(ts))
        if message["subtype"] != records.DELETED or not isinstance(ts, str):
            return message
        if self.absence.is_first:  # nobody saw it alive: the only time at hand is its own
            return records.tombstone(self.channel_id, ts, ts)
        return records.tombstone(self.channel_id, ts, self.absence.context.now) if ts in self._alive else None

    def reacted(self, rows: list[dict[str, Any]], found: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Notes the reactions that are there; where Slack names fewer people than it counts, none is taken back."""
        for row in rows:
            self._seen_reactions.add((str(row["ts"]), str(row["name"]), str(row["user"])))
        reactions = found.get("reactions")
        for reaction in reactions if isinstance(reactions, list) else []:
            users, count = (
                (reaction.get("users"), reaction.get("count")) if isinstance(reaction, dict) else (None, None)
            )
            if isinstance(users, list) and isinstance(count, int) and count > len(users):
                self._partial.add((str(found.get("ts")), str(reaction.get("name"))))
        return rows

    def close(self) -> None:
        """Hands over what is known and was not seen."""
        gone = [ts not in self._seen and not self._is_skipped(ts) for ts in self.known["ts"].to_pylist()]
        self.absence.gone.append(self.known.filter(pa.array(gone, pa.bool_())))
        columns = (self.known_reactions[name].to_pylist() for name in ("ts", "name", "user"))
        back = [
            key not in self._seen_reactions and key[:2] not in self._partial and not self._is_skipped(key[0])
            for key in zip(*columns, strict=True)
        ]
        self.absence.taken_back.append(self.known_reactions.filter(pa.array(back, pa.bool_())))

    def _is_skipped(self, ts: str) -> bool:
        return any(low <= ts < high for low, high in self._skipped)


def _of(table: pa.Table, channel_id: str) -> pa.Table:
    return table.filter(pc.equal(table["channel_id"], channel_id))


def _pages(tables: list[pa.Table], first: str, last: str) -> Iterator[list[dict[str, Any]]]:
    for table in tables:
        inside = pc.and_(pc.greater_equal(table["ts"], first), pc.less_equal(table["ts"], last))
        for batch in table.filter(inside).to_batches(_PAGE):
            yield batch.to_pylist()
