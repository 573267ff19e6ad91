"""Turns things into rows, and reads the comment trees of submissions whose number of comments has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sources.connector import Context, Item, Page
from sources.errors import NotFound, Unauthorized
from sources.reddit import records
from sources.reddit.api import PAGE, Reddit, Thing, things
from sources.reddit.records import COMMENT, MORE, SUBMISSION, Record

REMEMBERED = 2_000  # submissions whose number of comments at the last look is kept
_EPOCH = datetime(1970, 1, 1)


class Lander:
    """What one run has landed so far."""

    def __init__(self, reddit: Reddit, context: Context, start: datetime | None) -> None:
        """`start` is the moment before which nothing is wanted."""
        self.reddit, self.context, self.start = reddit, context, start
        self.moderators = frozenset[str]()
        self.landed = set[str]()
        self._people = set[str]()
        if context.full:
            context.state["looked"] = {}

    def land(self, found: Iterable[Thing]) -> Iterator[Item]:
        """The rows of things, then the trees of the submissions among them that have other comments than before."""
        wanted = [one.data for one in found if one.kind in (SUBMISSION, COMMENT) and self._is_wanted(one.data)]
        yield from self._rows(wanted)
        for thing in wanted:
            if records.is_submission(thing):
                yield from self._tree(thing)

    def _rows(self, wanted: list[Record]) -> Iterator[Item]:
        alive = [one for one in wanted if not records.is_gone(one)]
        gone = [one for one in wanted if records.is_gone(one) and one.get("name") in self.known]
        if alive:
            yield Page("messages", [records.message(one) for one in alive], [_payload(one) for one in alive])
        if gone:
            now = self.context.now
            yield Page("messages", [records.tombstone(str(one["name"]), now) for one in gone])
        people = {name: one for one in alive if (name := records.author(one)) and name not in self._people}
        if people:
            self._people |= people.keys()
            yield Page("accounts", [records.account(one, self.moderators) for one in people.values()])
        if counted := [row for one in alive for row in records.counts(one)]:
            yield Page("counts", counted)
        self.landed |= {str(one.get("name")) for one in wanted}

    @cached_property
    def known(self) -> frozenset[str]:
        """The things known to stand."""
        return frozenset(self.context.known("messages")["name"].to_pylist())

    def _is_wanted(self, thing: Record) -> bool:
        written = moment(thing)
        return self.start is None or written is None or written >= self.start

    def _tree(self, submission: Record) -> Iterator[Item]:
        name, stated = str(submission.get("name")), submission.get("num_comments")
        looked: dict[str, int] = self.context.state.setdefault("looked", {})
        if not isinstance(stated, int) or stated == looked.get(name, 0):
            return
        try:
            for level in self._levels(name):
                yield from self._rows([one.data for one in level if one.kind == COMMENT and self._is_wanted(one.data)])
        except (NotFound, Unauthorized):
            return  # gone since it was met
        looked.pop(name, None)
        looked[name] = stated
        while len(looked) > REMEMBERED:
            del looked[next(iter(looked))]

    def _levels(self, name: str) -> Iterator[list[Thing]]:
        """All comments under a submission: the tree, then what it left out, until nothing is left out."""
        link = name.partition("_")[2]
        asked, opened = set[str](), set[str]()
        left, deeper = list[str](), list[str]()
        found = _flat(self.reddit.tree(link))
        while True:
            yield found
            for stub in (one.data for one in found if one.kind == MORE):
                children = [str(child) for child in stub.get("children") or []]
                # a stub without children says "continue this thread" under its parent
                below = [] if children else [_id36(stub.get("parent_id"))]
                left += [one for one in children if one not in asked]
                deeper += [one for one in below if one not in opened]
                asked |= set(children)
                opened |= set(below)
            if left:
                found, left = _flat(self.reddit.more(name, left[:PAGE])), left[PAGE:]
            elif deeper:
                found = self._below(link, deeper.pop())
            else:
                return

    def _below(self, link: str, parent: str) -> list[Thing]:
        """A thread continued under a comment, which may be gone since it was met."""
        try:
            return _flat(self.reddit.tree(link, parent))
        except NotFound:
            return []


def _flat(nested: list[Thing]) -> list[Thing]:
    """Things out of their nesting; `replies` is an empty text where there are none."""
    flat, waiting = list[Thing](), list(nested)
    while waiting:
        thing = waiting.pop()
        replies = thing.data.pop("replies", None)
        if isinstance(replies, dict):
            waiting += things(replies["data"]["children"])
        flat.append(thing)
    return flat


def moment(thing: Record) -> datetime | None:
    """When a thing was made (naive UTC); None if that cannot be read."""
    seconds = thing.get("created_utc")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 4e9
    return _EPOCH + timedelta(seconds=float(seconds)) if is_number and seconds is not None else None


def _id36(fullname: Any) -> str:
    return str(fullname).partition("_")[2]


def _payload(thing: Record) -> bytes:
    return json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace")
