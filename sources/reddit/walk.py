"""Walks a subreddit's listings from the newest thing down to what was read before, or to the listing's end.

State of a listing: `mark`, up to when it has been read completely; a walk cut short begins again, for places in a
listing move, and at a thousand things it is short.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sources.connector import Context, Coverage, Item
from sources.reddit.api import Reddit
from sources.reddit.land import Lander, moment

CAP = 900  # a listing that ends after so many things was cut off: Reddit gives about a thousand
CUT = (
    "Reddit lists about a thousand things and these are older; run more often, or bring older ones in as files "
    "(platform 'files')"
)


class Walk:
    """The walk over one run's listings."""

    def __init__(self, reddit: Reddit, lander: Lander, context: Context) -> None:
        """Asks nothing yet."""
        self.reddit, self.lander, self.context = reddit, lander, context
        self.marks: dict[str, str] = context.state.setdefault("marks", {})

    def listing(self, path: str) -> Generator[Item, None, datetime | None]:
        """All that is new in a listing of submissions or comments; returns since when nothing is missing from it."""
        mark = None if self.context.full else _moment(self.marks.get(path))
        until = max((one for one in (mark, self.lander.start) if one), default=None)
        names, oldest, top = set[str](), self.context.now, mark
        for page in self.reddit.pages(path):
            dates = [date for one in page.things if (date := moment(one.data))]
            fresh = {str(one.data.get("name")) for one in page.things} - names
            if page.things and not fresh:
                raise self.reddit.endless(path)
            names |= fresh
            yield from self.lander.land(page.things)
            oldest = min([oldest, *dates])
            top = max([one for one in (top, *dates) if one and one <= self.context.now], default=None)
            if until and dates and max(dates) < until:
                break
        else:
            if len(names) >= CAP and (until is None or oldest > until):
                yield Coverage("messages", until, oldest, f"{path}: {CUT}")
                until = oldest
        if top:
            self.marks[path] = top.isoformat()
        return until


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
