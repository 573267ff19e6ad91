"""Reads the moderation log, where the app's account may: it tells who removed, approved, banned and locked, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sources.connector import Context, Coverage, Item, Page
from sources.errors import NotFound, Unauthorized
from sources.reddit import records
from sources.reddit.api import Reddit
from sources.reddit.land import moment

NO_LOG = "the moderation log is for moderators: set the refresh_token of one, with the scope 'modlog'"
NO_STAFF = "it does not show who moderates it: name its staff in [members]"
KEPT = "Reddit keeps its moderation log for about three months: what is older is not told; run more often than that"


def read(reddit: Reddit, context: Context, subreddit: str) -> Iterator[Item]:
    """What is new in a subreddit's log, newest first, down to the last entry read."""
    marks: dict[str, list[str]] = context.state.setdefault("log", {})
    mark, since = [None, None] if context.full else marks.get(subreddit, [None, None])
    newest, oldest = None, context.now
    try:
        for page in reddit.pages(f"r/{subreddit}/about/log"):
            entries = [one.data for one in page.things]
            newest = newest or next(iter(entries), None)
            yield Page("moderation", [records.action(one) for one in entries])
            oldest = min([oldest, *(date for one in entries if (date := moment(one)))])
            if mark in [one.get("id") for one in entries]:
                oldest = datetime.fromisoformat(str(since))
                break
        else:
            yield Coverage("moderation", None, oldest, f"r/{subreddit}: {KEPT}")
    except (Unauthorized, NotFound):
        yield Coverage("moderation", None, None, f"r/{subreddit}: {NO_LOG}")
        return
    if newest:
        marks[subreddit] = [str(newest.get("id")), (moment(newest) or context.now).isoformat()]
    yield Coverage("moderation", oldest, context.now)
