"""Walks /posts.json downwards: new posts first, then every hole an interrupted walk has left, then the past.

`before` is inclusive in some versions and exclusive in others; some give the newest 50 posts up to it, some only those
among the 50 ids up to it. So a walk asks with the lowest id it has until it has seen that id again, and trusts an
empty page as the end only where the forum has shown that its pages reach over holes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime
from typing import Any

from sources.connector import Context, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum
from sources.discourse.members import Authors
from sources.discourse.presence import Presence
from sources.discourse.ranges import Ranges, add, highest_gap
from sources.errors import BadAnswer

WINDOW = 50  # ids a page of the older kind looks at
NO_LIMIT = 2**62
PATIENCE = 200  # empty windows in a row before the older kind's past is taken to be over
DOUBT = 20  # the same where the forum has shown neither kind yet


class Walk:
    """The walk over a forum's posts, with what it needs to turn a page of them into rows."""

    def __init__(self, forum: Forum, context: Context, authors: Authors, since: datetime | None) -> None:
        """`since` is the configured start: older posts are left out and end the walk."""
        self.forum, self.context, self.authors, self.since = forum, context, authors, since
        self.state, self.presence = context.state, Presence(forum, context)
        start = since.isoformat() if since else ""
        if context.full or self.state.get("start", start) != start:
            self.state["covered"] = []
        self.state["start"] = start

    def covered(self) -> Ranges:
        """The ranges of ids walked so far."""
        return [list(pair) for pair in self.state.get("covered", [])]

    def run(self) -> Iterator[Item]:
        """Everything not walked yet. The state moves after the page it covers was yielded."""
        found, payloads = self.forum.posts(None)
        if not (ids := _ids(found)):
            return  # an empty community
        yield from self.land(found, payloads)
        if self.context.full:  # the newest posts we know may be gone
            yield from self.presence.verify(min(ids), NO_LIMIT, set(ids))
        self._walked(min(ids), max(ids))
        empty = 0
        while gap := highest_gap(self.covered()):
            empty = yield from self._step(*gap, empty)

    def _step(self, above: int, target: int, empty: int) -> Generator[Item, None, int]:
        """One page further down; returns how many empty ones have now come in a row."""
        found, payloads, ids = self.page(above)
        if ids:
            if empty:
                self.state["windows"] = True  # there was something below an empty page
            yield from self.land(found, payloads)
            if self.context.full:
                yield from self.presence.verify(min(ids), above - 1, set(ids))
            over = self.since and not any(records.is_since(post, self.since) for post in found)
            self._walked(1 if over else min(ids), above)
            return 0
        low = 1 if target == 0 and self._is_end(above, empty) else max(1, above - WINDOW + 1)
        if self.context.full:
            yield from self.presence.verify(low, above - 1, set())
        self._walked(low, above)
        return empty + 1

    def page(self, above: int) -> tuple[list[Any], list[bytes], list[int]]:
        """The posts of the page below an id, and their ids below it."""
        found, payloads = self.forum.posts(above - 1 if self.state.get("inclusive") else above)
        ids = _ids(found)
        if above in ids:
            self.state["inclusive"] = True  # so the next page need not hold the last one's lowest post again
        if ids and min(ids) > above:
            problem = f"asked for posts before {above}, it sends the newest again"
            cure = "its pages would never end; check what stands between here and the forum"
            raise BadAnswer(self.context.source, "posts.json", problem, cure)
        # the post asked with has been read already; what has no id goes on, to be rejected with a reason
        keep = [index for index, post in enumerate(found) if not (isinstance(_id(post), int) and _id(post) >= above)]
        ids = [number for number in ids if number < above]
        if ids and above - min(ids) > WINDOW:
            self.state["reaches"] = True  # over a hole wider than a window: an empty page is the end
        return [found[i] for i in keep], [payloads[i] for i in keep], ids

    def land(self, found: list[Any], payloads: list[bytes], *, fresh: bool = True) -> Iterator[Item]:
        """The rows of a page of posts: messages, their counters, their authors."""
        kept = [i for i, post in enumerate(found) if self.since is None or records.is_since(post, self.since)]
        dicts = [found[i] for i in kept if isinstance(found[i], dict)]
        if counts := [count for post in dicts for count in records.counts(post)]:
            yield Page("counts", counts)
        if accounts := self.authors.of(dicts, fresh=fresh):
            yield Page("accounts", accounts)
        messages = [records.message(post) if isinstance(post, dict) else post for post in (found[i] for i in kept)]
        yield Page("messages", messages, [payloads[i] for i in kept])

    def _is_end(self, above: int, empty: int) -> bool:
        """Whether an empty page means that nothing at all is below."""
        if self.state.get("reaches"):
            return True
        if empty < (PATIENCE if self.state.get("windows") else DOUBT):
            return False
        return not self._is_anything_below(above)

    def _is_anything_below(self, above: int) -> bool:
        """Looks further down at ever greater distances: a few requests, however many ids are left."""
        step = WINDOW
        while above - step > 1:
            if any(number <= above - step for number in _ids(self.forum.posts(above - step)[0])):
                self.state["windows"] = True
                return True
            step *= 2
        return False

    def _walked(self, low: int, high: int) -> None:
        self.state["covered"] = add(self.covered(), low, high)


def _id(post: Any) -> Any:
    return post.get("id") if isinstance(post, dict) else None


def _ids(found: list[Any]) -> list[int]:
    return [number for post in found if isinstance(number := _id(post), int) and 0 < number < NO_LIMIT]
