"""Reads the review queue: who flagged which post, and what became of the flags.

New flagged posts come from the list of all, down to the last one read before. Those whose flags are still to be judged
are looked at again within the day's look-back: on the list of those pending they may have got more flags, and what is
no longer on it has been judged and is asked for by itself. State: `mark`, the newest flagged post read; `pending`,
which were not judged when they were last seen.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime
from typing import Any

from sources.budget import Budget
from sources.connector import Context, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum, Review, ReviewPage
from sources.errors import BadAnswer

PENDING = 0


def read(forum: Forum, context: Context, since: datetime | None) -> Iterator[Item]:
    """Flags that are new, then how those known were judged; with --full every flag."""
    yield from _Queue(forum, context, since).run()


class _Queue:
    def __init__(self, forum: Forum, context: Context, since: datetime | None) -> None:
        self.forum, self.context, self.since = forum, context, since
        self.state: dict[str, Any] = context.state.setdefault("reviews", {})
        start = since.isoformat() if since else ""
        if context.full or self.state.get("start", start) != start:
            self.state.clear()
        self.state["start"] = start
        self.looked_at = set[int]()
        self.has_older = False

    def run(self) -> Iterator[Item]:
        yield from self._new()
        budget = Budget(self.context)
        if self.has_older and budget.left():
            yield from budget.spending(self._pending(budget))

    def _new(self) -> Iterator[Item]:
        """All flagged posts down to the mark or the start; their order is that of their making."""
        mark, pending = int(self.state.get("mark") or 0), set[int]()
        for answer in self._pages("all"):
            found = self._wanted(answer.reviewables)
            yield self._flags(found, answer)
            pending |= records.ids(one for one in found if one.get("status") == PENDING)
            self.looked_at |= records.ids(found)
            self.has_older = bool(answer.meta.get("load_more_reviewables"))
            if len(found) < len(answer.reviewables) or any(number <= mark for number in records.ids(found)):
                break
        pending |= set(self.state.get("pending", [])) - self.looked_at
        self.state.update(mark=max([mark, *self.looked_at]), pending=sorted(pending))

    def _pending(self, budget: Budget) -> Iterator[Item]:
        """What is still pending, then each that no longer is, which only the whole list can tell."""
        before, here = set[int](self.state["pending"]), set[int]()
        asked = self.context.meter.requests
        for answer in self._pages("pending"):
            found = self._wanted(answer.reviewables)
            yield self._flags(found, answer)
            here |= records.ids(found)
            if self.context.meter.requests - asked >= budget.left() and answer.meta.get("load_more_reviewables"):
                return
        judged = sorted(before - here, reverse=True)
        affordable = max(0, budget.left() - (self.context.meter.requests - asked))
        for number in judged[:affordable]:
            if review := self.forum.review(number):
                yield self._flags([review.reviewable], review)
        self.state["pending"] = sorted(here | set(judged[affordable:]))

    def _pages(self, status: str) -> Generator[ReviewPage, None, None]:
        met, offset = set[int](), 0
        while True:
            answer = self.forum.reviews(status, offset)
            found = records.ids(answer.reviewables)
            if met and found and found <= met:
                problem, cure = "it sends the same page again", "its pages would never end; update the forum"
                raise BadAnswer(self.context.source, "review.json", problem, cure)
            yield answer
            if not answer.reviewables or not answer.meta.get("load_more_reviewables"):
                return
            met |= found
            offset += len(answer.reviewables)

    def _wanted(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in found if self.since is None or records.is_since(one, self.since)]

    def _flags(self, found: list[dict[str, Any]], beside: ReviewPage | Review) -> Page:
        rows = [row for one in found for row in records.flags(one, beside.reviewable_scores, beside.score_types)]
        return Page("moderation", rows)
