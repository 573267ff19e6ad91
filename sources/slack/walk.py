"""Walks what is new: each channel from its newest message down to its high mark, and the threads met on the way.

State of a channel: `mark` (read completely up to there); while a walk is under way `top`, `low` (read from top down to
low) and `threads` (met, still to be read), so that a walk cut short goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources.connector import Context, Item
from sources.slack.api import Gone
from sources.slack.history import BEGINNING, History, Stretch, openers
from sources.slack.known import Known


class Walk:
    """The walk over a workspace's channels."""

    def __init__(self, history: History, context: Context, start: str, known: Known) -> None:
        """`start` is the ts before which nothing is wanted."""
        self.history, self.context, self.start, self.known = history, context, start, known
        self.states: dict[str, dict[str, Any]] = context.state.setdefault("channels", {})

    def mark(self, channel: str) -> str | None:
        """How far a channel has been read completely; None if it never was."""
        mark = self.states.get(channel, {}).get("mark")
        return str(mark) if mark else None

    def reached(self, channel: str) -> str | None:
        """How far up earlier runs have read a channel, completely or not."""
        state = self.states.get(channel, {})
        reached = max(str(state.get("mark") or ""), str(state.get("top") or ""))
        return reached or None

    def forget(self) -> None:
        """Reads everything again; how far each channel had been read is kept in `before`, for deletions said once."""
        for state in self.states.values():
            state["before"] = state.pop("mark", None) or state.get("before")
            for name in ("top", "low", "threads"):
                state.pop(name, None)

    def channel(self, channel: str) -> Iterator[Item]:
        """All that is new in a channel: first what an earlier walk left, then what came since."""
        state = self.states.setdefault(channel, {})
        yield from self._threads(channel, state)
        if "low" in state:
            yield from self._down(channel, state, state["low"])
        yield from self._down(channel, state, self.history.future)

    def _down(self, channel: str, state: dict[str, Any], latest: str) -> Iterator[Item]:
        oldest = state.get("mark") or self.start
        for stretch in self.history.pages(channel, oldest, latest):
            yield from self._land(channel, state, stretch)
            state["top"] = max(stretch.top, state.get("top", oldest))
            state["low"] = stretch.low
            state["threads"] = [self.ts(one) for one in openers(stretch) if one.get("reply_count")]
            yield from self._threads(channel, state)
        state["mark"] = max(state.pop("top", oldest), oldest)
        state.pop("low", None)
        state.pop("before", None)

    def _land(self, channel: str, state: dict[str, Any], stretch: Stretch) -> Iterator[Item]:
        """A page. What was known of it is gone if it is not there: full walks, and those killed early, know some."""
        yield from self.history.land(stretch, alive=self.known.openers(channel), seen=state.get("before"))
        yield from self.known.missing(stretch)

    def _threads(self, channel: str, state: dict[str, Any]) -> Iterator[Item]:
        """The threads still to be read, one after the other, whole."""
        while state.get("threads"):
            opener = state["threads"][0]
            if opener:
                yield from self.thread(channel, opener)
            state["threads"] = state["threads"][1:]

    def thread(self, channel: str, opener: str) -> Iterator[Item]:
        """A whole thread; known replies that are no longer in it are gone."""
        present = set[str]()
        try:
            for stretch in self.history.replies(channel, opener, BEGINNING):
                yield from self.history.land(stretch)
                yield from self.known.taken_back(stretch)
                present |= stretch.ids
        except Gone:
            pass  # deleted since it was met
        yield from self.known.missing_replies(channel, opener, present)

    def ts(self, message: dict[str, Any]) -> str | None:
        """A message's ts, None if it is none."""
        return self.history.ts(message)
