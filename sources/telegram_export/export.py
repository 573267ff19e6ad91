"""Walks an export chat by chat, twice: first who is called what and how the clock went, then what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc

from sources.connector import Context, Coverage, Item, Page, unseen
from sources.telegram_export import records
from sources.telegram_export.records import Clock, Row
from sources.telegram_export.result import Chat, Result, items

PAGE = 2_000
ONE = "messages of one account only; if others write there, export it again without 'only my messages'"


@dataclass
class Present:
    """The numbers of the messages a chat holds, and who wrote them."""

    numbers: set[int] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)

    def see(self, item: Mapping[str, Any]) -> None:
        """Take one message or notice in."""
        if isinstance(item.get("id"), int):
            self.numbers.add(item["id"])
        if isinstance(item.get("from_id"), str):
            self.authors.add(item["from_id"])

    @property
    def is_of_one(self) -> bool:
        """Whether it may be an export of one's own messages only, which says nothing of the others'."""
        return len(self.authors) == 1 and len(self.numbers) > 1

    def missing(self, known: Iterable[int]) -> list[int]:
        """Those known that are not here though they lie between the first and the last that are."""
        if not self.numbers:
            return []
        first, last = min(self.numbers), max(self.numbers)
        return sorted(number for number in known if first <= number <= last and number not in self.numbers)


class Export:
    """One reading of an export."""

    def __init__(self, result: Result, context: Context) -> None:
        """Reads nothing yet."""
        self.context = context
        self.chats = result.chats()
        self.clock = Clock()
        self.names: dict[str, Any] = {}  # account id to its latest name
        self.first: int | None = None
        self.last: int | None = None
        self._future = context.stamp().latest.replace(tzinfo=UTC).timestamp()

    def read(self) -> Iterator[Item]:
        """All of it: people first, then each chat, then what is gone, then what was covered."""
        present = [self._learn(chat) for chat in self.chats]
        yield Page("accounts", [records.account(*named) for named in sorted(self.names.items())])
        yield Page("channels", [{"chat_id": _id(chat), "name": chat.name, "type": chat.type} for chat in self.chats])
        known = self.context.known("messages")
        ids = self._unique_names()
        for chat, there in zip(self.chats, present, strict=True):
            if there.is_of_one and not chat.type.endswith("channel"):
                yield unseen(self.context, "messages", f"{chat.name}: {ONE}")
            yield from self._chat(chat, ids)
            yield from self._gone(chat, there, known.filter(pc.equal(known["chat_id"], _id(chat)))["id"].to_pylist())
        yield from self._coverage()

    def _learn(self, chat: Chat) -> Present:
        present = Present()
        for item, _ in items(chat.messages):
            if not isinstance(item, dict):
                continue
            present.see(item)
            self.clock.learn(item)
            for who, name in (("from_id", "from"), ("actor_id", "actor")):
                if isinstance(item.get(who), str):
                    self.names[item[who]] = item.get(name)
            moment = records.seconds(item.get("date_unixtime"))
            if isinstance(moment, int) and moment < self._future:
                self.first = moment if self.first is None else min(self.first, moment)
                self.last = moment if self.last is None else max(self.last, moment)
        return present

    def _chat(self, chat: Chat, ids: dict[str, str]) -> Iterator[Item]:
        scope = "community" if len(self.chats) == 1 else "channel"
        for start in range(0, len(chat.messages), PAGE):
            rows: dict[str, list[Row]] = {"reactions": [], "counts": [], "memberships": []}
            messages: list[tuple[Any, bytes]] = []
            for item, payload in items(chat.messages[start : start + PAGE]):
                if not isinstance(item, dict):
                    messages.append((item, payload))
                    continue
                messages.append((records.message(item, _id(chat)), payload))
                named, counted = records.reactions(item, _id(chat), self.clock)
                rows["reactions"] += named
                rows["counts"] += counted
                rows["memberships"] += records.memberships(item, _id(chat), scope, ids)
            yield Page("messages", [row for row, _ in messages], [payload for _, payload in messages])
            yield from (Page(stream, found) for stream, found in rows.items() if found)

    def _unique_names(self) -> dict[str, str]:
        """Names that one account alone has."""
        ids: dict[str, str | None] = {}
        for account, name in self.names.items():
            if isinstance(name, str):
                ids[name] = None if name in ids else account
        return {name: account for name, account in ids.items() if account}

    def _gone(self, chat: Chat, present: Present, known: list[int]) -> Iterator[Item]:
        """Known messages that are no longer there, between the first and the last that are."""
        missing = present.missing(known)
        if missing and present.is_of_one:
            self.context.meter.notes.append(f"{chat.name}: messages of one account only: nothing is taken for deleted")
            return
        for start in range(0, len(missing), PAGE):
            rows = [records.tombstone(_id(chat), number, self.context.now) for number in missing[start : start + PAGE]]
            yield Page("messages", rows)

    def _coverage(self) -> Iterator[Coverage]:
        """From the first to the last message."""
        if self.first is None or self.last is None:
            return
        for stream in ("messages", "reactions", "memberships"):
            yield Coverage(stream, _moment(self.first), _moment(self.last))


def _id(chat: Chat) -> str:
    return str(chat.id if chat.id is not None else chat.name)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
