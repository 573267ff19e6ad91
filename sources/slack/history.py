"""Reads stretches of channels and threads page by page, and turns messages into rows.

Pages of conversations.history come newest first (`latest` is always given: without it Slack turns them round), those of
conversations.replies oldest first, each with the thread's opener before them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sources import slack_records as records
from sources.connector import Context, Item, Page
from sources.slack.api import Answer, Workspace
from sources.slack_people import People

TS = re.compile(r"[0-9]{10}\.[0-9]{6}")
BEGINNING = "0000000000.000000"
_EPOCH = datetime(1970, 1, 1)


class Told(NamedTuple):
    """A join or leave a message told: who, where, what, when."""

    account: str
    channel: str
    event: str
    ts: str


@dataclass
class Stretch:
    """A page of messages: it is complete for ts in (low, high), or in [low, high) if there is more below."""

    channel: str
    found: list[Any]
    payloads: list[bytes]
    low: str
    high: str
    is_last: bool
    is_limited: bool = False
    ids: set[str] = field(default_factory=set)

    @property
    def top(self) -> str:
        """The newest ts; the beginning if there is none."""
        return max(self.ids, default=BEGINNING)


class History:
    """The requests for messages, and their rows."""

    def __init__(self, workspace: Workspace, context: Context, people: People) -> None:
        """`people` knows who has an account row."""
        self.workspace, self.context, self.people = workspace, context, people
        self.size = int(context.options.page_size)
        self.future = as_ts(context.now + timedelta(days=1))
        self.told: list[Told] = []
        self.has_strangers = False
        self.limits: list[tuple[str, str]] = []  # what was asked for from, and the oldest the plan shows of it

    def pages(self, channel: str, oldest: str, latest: str) -> Iterator[Stretch]:
        """A channel from latest down to oldest, both exclusive."""
        high, cursor, seen = latest, "", set[str]()
        while True:
            asked = {"channel": channel, "oldest": oldest, "latest": latest, "limit": self.size, "cursor": cursor}
            answer = self.workspace.ask("conversations.history", **asked)
            stretch = self._stretch(channel, answer, oldest, high)
            yield stretch
            if stretch.is_last:
                return
            high, cursor = stretch.low, answer.cursor
            if not cursor:
                latest = high  # more, but no cursor to it: the time leads there as well
            elif cursor in seen:
                raise self.workspace.endless("conversations.history")
            seen.add(cursor)

    def _stretch(self, channel: str, answer: Answer, oldest: str, high: str) -> Stretch:
        ids = {ts for message in answer.objects if (ts := self.ts(message))}
        is_last = not answer.cursor and not (answer.has_more and ids)
        if ids and not oldest <= min(ids) < high:
            raise self.workspace.endless("conversations.history")
        low = min(ids, default=high)
        if is_last and answer.is_limited:
            self.limits.append((oldest, low))
        elif is_last:
            low = oldest
        payloads = [bytes(raw) for raw in answer.raws]
        return Stretch(channel, answer.found, payloads, low, high, is_last, answer.is_limited, ids)

    def replies(self, channel: str, opener: str, oldest: str) -> Iterator[Stretch]:
        """A thread's replies after `oldest`, without its opener."""
        high = oldest
        asked = {"channel": channel, "ts": opener, "limit": self.size, "oldest": oldest if oldest > opener else None}
        for answer in self.workspace.pages("conversations.replies", **asked):
            pairs = zip(answer.found, answer.raws, strict=True)
            kept = [(one, bytes(raw)) for one, raw in pairs if self.ts(one) != opener]
            ids = {ts for one, _ in kept if (ts := self.ts(one))}
            if ids and answer.cursor and max(ids) <= high:
                raise self.workspace.endless("conversations.replies")
            high = max(ids, default=high)
            found, payloads = [one for one, _ in kept], [payload for _, payload in kept]
            yield Stretch(channel, found, payloads, high, high, not answer.cursor, ids=ids)

    def land(
        self, stretch: Stretch, *, alive: Collection[str] = frozenset(), seen: str | None = None
    ) -> Iterator[Item]:
        """The rows of a page; `alive` are the openers known to stand, up to `seen` all has been read before."""
        rows: dict[str, list[dict[str, Any]]] = {stream: [] for stream in ("accounts", "reactions", "counts")}
        rows["memberships"] = []
        messages: list[tuple[Any, bytes]] = []
        for item, payload in zip(stretch.found, stretch.payloads, strict=True):
            if not isinstance(item, dict):
                messages.append((item, payload))
                continue
            author = records.author(item, self.people.bridges)
            if row := self._version(item, stretch.channel, author, alive, seen or ""):
                messages.append((row, payload))
            rows["accounts"] += (met := self.people.met(author, item))
            self.has_strangers |= any(row["id"] == item.get("user") for row in met)
            rows["reactions"] += records.reactions(item, stretch.channel)
            rows["counts"] += records.counts(item, stretch.channel)
            rows["memberships"] += self._told(records.membership(item, stretch.channel, author))
        if messages:
            yield Page("messages", [row for row, _ in messages], [payload for _, payload in messages])
        for stream, given in rows.items():
            if given:
                yield Page(stream, given)

    def _version(
        self, item: dict[str, Any], channel: str, author: str | None, alive: Collection[str], seen: str
    ) -> dict[str, Any] | None:
        """The row of a message; an opener Slack shows as deleted is a tombstone, said once."""
        ts = item.get("ts")
        if item.get("subtype") != records.DELETED or not isinstance(ts, str):
            return records.message(item, channel, author) | {"thread_ts": item.get("thread_ts") or ts}
        if ts in alive:
            return tombstone(channel, ts, ts, self.context.now)
        # nobody saw it alive: the only time at hand is its own
        return tombstone(channel, ts, ts, ts) if ts > seen else None

    def _told(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row in rows:
            account, ts = row["account_id"], row["occurred_at"]
            if isinstance(account, str) and isinstance(ts, str) and TS.fullmatch(ts):
                self.told.append(Told(account, row["scope_id"], row["event"], ts))
        return rows

    def ts(self, message: Any) -> str | None:
        """A message's ts if it is one and not in the future; its width is fixed, so text order is time order."""
        ts = message.get("ts") if isinstance(message, dict) else None
        return ts if isinstance(ts, str) and TS.fullmatch(ts) and ts < self.future else None


def tombstone(channel: str, opener: str, ts: str, deleted_at: object) -> dict[str, Any]:
    """A version that says only that a message is gone."""
    return records.tombstone(channel, ts, deleted_at) | {"thread_ts": opener}


def tombstones(channel: str, gone: Iterable[tuple[str, str]], deleted_at: object) -> Page:
    """Tombstones of (opener, ts)."""
    return Page("messages", [tombstone(channel, opener, ts, deleted_at) for opener, ts in sorted(gone)])


def openers(stretch: Stretch) -> list[dict[str, Any]]:
    """The messages of a page that have, or may have, a thread under them."""
    return [one for one in stretch.found if isinstance(one, dict) and one.get("thread_ts") == one.get("ts") is not None]


def as_ts(moment: datetime) -> str:
    """A naive UTC datetime as Slack writes it."""
    micro = (moment - _EPOCH) // timedelta(microseconds=1)
    return f"{micro // 1_000_000:010d}.{micro % 1_000_000:06d}"


def as_moment(ts: str) -> datetime:
    """The naive UTC datetime of a ts."""
    seconds, _, fraction = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction))
