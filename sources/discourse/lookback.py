"""Walks known posts again within a daily budget: edits, renamed topics, changed counters, deletions.

Half of the day's requests go to the newest posts, half to older ones, further back day by day.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from sources.budget import Budget
from sources.connector import Item
from sources.discourse.posts import WINDOW, Walk
from sources.discourse.ranges import Ranges


def read(walk: Walk, before: Ranges) -> Iterator[Item]:
    """`before` are the ranges walked by earlier runs; what this run has just read needs no second look."""
    if not before:
        return
    pass_ = _Pass(walk, before[0][0])
    top = before[-1][1] + 1
    if walk.context.since:
        yield from pass_.down(top, unlimited=True)
        return
    half = pass_.budget.left() - pass_.budget.left() // 2
    head = yield from pass_.down(top, requests=half)
    rest = min(int(pass_.state.get("position") or head), head)
    if rest > pass_.bottom:
        yield from pass_.down(rest, requests=pass_.budget.left(), is_rotation=True)


class _Pass:
    """A look-back of one run: it knows its budget and how far down it goes."""

    def __init__(self, walk: Walk, bottom: int) -> None:
        self.walk, self.context, self.bottom = walk, walk.context, bottom
        self.budget = Budget(self.context)
        self.state = self.budget.state

    def down(
        self, above: int, *, requests: int = 0, unlimited: bool = False, is_rotation: bool = False
    ) -> Generator[Item, None, int]:
        """Walks down from an id while the budget lasts; returns the lowest id reached."""
        until = self.budget.left() - requests
        while above > self.bottom and (unlimited or self.budget.left() > until):
            start = self.context.meter.requests
            found, payloads, ids = self.walk.page(above)
            low = min(ids, default=max(self.bottom, above - WINDOW + 1))
            yield from self.walk.land(found, payloads, fresh=not is_rotation)
            share = None if unlimited else max(0, self.budget.left() - until - 1)
            absent = len(self.walk.presence.absent(low, above - 1, set(ids)))
            yield from self.walk.presence.verify(low, above - 1, set(ids), share)
            if not unlimited:
                self.budget.spend(self.context.meter.requests - start)
            if share is not None and absent > share:
                break  # the rest of this page tomorrow
            above = int(low)
            if is_rotation:
                self.state["position"] = above if above > self.bottom else None
            if unlimited and self._is_over(found):
                break
        return above

    def _is_over(self, found: list[Any]) -> bool:
        """Whether a page lies before the date the user asked for."""
        since = self.context.since
        dates = [post.get("created_at") for post in found if isinstance(post, dict)]
        return since is not None and all(str(date) < since.isoformat() for date in dates)
