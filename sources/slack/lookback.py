"""Looks again at known messages within a daily budget of requests: edits, reactions, deletions, answers to old threads.

Half of the day's requests go to the last days of every channel, half to its replies and to older messages, further
back from run to run. The channel that has waited longest comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from sources import budget
from sources.connector import Item
from sources.slack.api import Refused
from sources.slack.history import Stretch, as_ts, openers
from sources.slack.known import Known
from sources.slack.walk import Walk

REMEMBERED = 500  # threads a channel


class Budget(budget.Budget):
    """The day's requests, where a channel may be closed to us since it was listed."""

    def spending(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items of one channel; the next run says that it is closed."""
        with suppress(Refused):
            yield from super().spending(items)


class LookBack:
    """One run's look back over channels read before; `marks` say how far each had been read then."""

    def __init__(self, walk: Walk, known: Known, budget: Budget, marks: dict[str, str]) -> None:
        """Asks nothing yet."""
        self.walk, self.history, self.known, self.budget = walk, walk.history, known, budget
        self.context, self.marks = walk.context, marks
        self.channels: dict[str, dict[str, Any]] = budget.state.setdefault("channels", {})
        self.recent = as_ts(self.context.now - timedelta(days=int(self.context.options.lookback_days)))

    def run(self) -> Iterator[Item]:
        """The last days first, then replies and the past."""
        if self.context.since:
            yield from self._since(as_ts(datetime.combine(self.context.since.date(), time())))
            return
        waiting = sorted(self.marks, key=lambda channel: (self._state(channel).get("at", ""), channel))
        reserve = self.budget.left() // 2
        for channel in waiting:
            if self.budget.left() <= reserve:
                break
            yield from self.budget.spending(self._recent(channel))
            self._state(channel)["at"] = self.context.now.isoformat()
        for channel in waiting:
            if not self.budget.left():
                break
            yield from self.budget.spending(self._past(channel))

    def _state(self, channel: str) -> dict[str, Any]:
        return self.channels.setdefault(channel, {})

    def _since(self, oldest: str) -> Iterator[Item]:
        """Everything back to the date the user asked for, whatever it costs."""
        for channel, mark in sorted(self.marks.items()):
            with suppress(Refused):
                for stretch in self._pages(channel, oldest, mark):
                    yield from self._look(stretch)
                    for one in openers(stretch):
                        yield from self._thread(channel, one)

    def _recent(self, channel: str) -> Iterator[Item]:
        oldest = max(self.recent, self.walk.start)
        for stretch in self._pages(channel, oldest, self.marks[channel]):
            yield from self._look(stretch)
            yield from self._replies(stretch)

    def _past(self, channel: str) -> Iterator[Item]:
        """A page of what lies further back, its threads as far as the budget goes; from the start again at the end."""
        state = self._state(channel)
        latest = min(str(state.get("low") or self.recent), self.recent, self.marks[channel])
        if not self.known.is_anything_below(channel, latest):
            state["low"] = None
            return
        for stretch in self._pages(channel, self.walk.start, latest):
            yield from self._look(stretch)
            yield from self._replies(stretch)
            state["low"] = None if stretch.is_last else stretch.low
            return

    def _pages(self, channel: str, oldest: str, mark: str) -> Iterator[Stretch]:
        """Pages up to and including the mark."""
        if oldest < mark:
            yield from self.history.pages(channel, oldest, _after(mark))

    def _look(self, stretch: Stretch) -> Iterator[Item]:
        yield from self.history.land(stretch, alive=self.known.openers(stretch.channel), seen=self.history.future)
        yield from self.known.missing(stretch)

    def _replies(self, stretch: Stretch) -> Iterator[Item]:
        """Threads with replies we lack or that are gone: now; the others, for edits, as far as half the budget goes."""
        unmoved = []
        for one in openers(stretch):
            if self._has_moved(stretch.channel, one):
                yield from self._thread(stretch.channel, one)
                self._read(stretch.channel)[str(one["ts"])] = _stated(one)
            elif one.get("reply_count"):
                unmoved.append(one)
        yield from self._unmoved(stretch.channel, unmoved)

    def _unmoved(self, channel: str, threads: Iterable[dict[str, Any]]) -> Iterator[Item]:
        """Threads whose replies may have been edited: a few in each run, from where the last run stopped."""
        state, spent = self._state(channel), self.context.meter.requests
        share = self.budget.left() // (2 * max(1, len(self.marks)))
        position = str(state.get("thread") or "~")
        for one in sorted(threads, key=lambda one: str(one["ts"]), reverse=True):
            if str(one["ts"]) >= position:
                continue
            if self.context.meter.requests - spent >= share:
                return
            yield from self._thread(channel, one)
            state["thread"] = one["ts"]
        state["thread"] = None

    def _thread(self, channel: str, opener: dict[str, Any]) -> Iterator[Item]:
        if ts := self.history.ts(opener):
            yield from self.walk.thread(channel, ts)

    def _has_moved(self, channel: str, opener: dict[str, Any]) -> bool:
        """Whether Slack states other replies than we know, and others than when we last went to look."""
        ts = self.history.ts(opener)
        if ts is None or self._read(channel).get(ts) == _stated(opener):
            return False
        known, (count, latest) = self.known.replies(channel, ts), _stated(opener)
        return len(known) != count or (count > 0 and latest is not None and latest not in known)

    def _read(self, channel: str) -> dict[str, list[Any]]:
        """What moved threads stated when they were read: rejected and erased replies never get known."""
        read: dict[str, list[Any]] = self._state(channel).setdefault("read", {})
        while len(read) > REMEMBERED:
            del read[min(read)]
        return read


def _stated(opener: dict[str, Any]) -> list[Any]:
    """How many replies Slack says there are, and the ts of the last."""
    count, latest = opener.get("reply_count"), opener.get("latest_reply")
    return [count if isinstance(count, int) else 0, latest if isinstance(latest, str) else None]


def _after(ts: str) -> str:
    """The next possible ts: the upper end of a stretch is exclusive."""
    seconds, _, micro = ts.partition(".")
    number = int(seconds) * 1_000_000 + int(micro) + 1
    return f"{number // 1_000_000:010d}.{number % 1_000_000:06d}"
