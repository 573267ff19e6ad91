"""Subreddits over Reddit's OAuth API: yields accounts, channels, messages, counts and moderation.

Reads /r/{name}/about, /about/moderators, /about/log, /new and /comments, /comments/{id}, /api/morechildren and
/api/info, with a token of /api/v1/access_token.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sources.address import Address
from sources.connector import Connector, Context, Coverage, Finding, Item, Page, unseen
from sources.reddit import examine, log, records
from sources.reddit.api import Reddit
from sources.reddit.land import Lander
from sources.reddit.lookback import LookBack
from sources.reddit.streams import STREAMS
from sources.reddit.walk import Walk


class Options(BaseModel):
    """What muster.toml may say of a Reddit source; `login_url` is where tokens are given."""

    model_config = ConfigDict(extra="forbid")

    subreddits: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,50}$")]] = Field(min_length=1)
    base_url: Address = "https://oauth.reddit.com"
    login_url: Address = "https://www.reddit.com"
    start: date | None = None
    lookback_requests_per_day: int = Field(100, ge=0)
    max_requests: int = Field(200_000, ge=1)
    timeout: float = Field(30.0, gt=0)


def read(context: Context) -> Iterator[Item]:
    """Each subreddit's facts, its log, what is new in its listings, then the look-back."""
    start = context.options.start
    since = datetime.combine(start, time()) if start else None
    with Reddit(context) as reddit:
        lander, is_first = Lander(reddit, context, since), not context.state.get("marks")
        walk, reached = Walk(reddit, lander, context), list[datetime | None]()
        for name in context.options.subreddits:
            about = reddit.about(name)
            yield Page("channels", [records.channel(about)])
            yield Page("counts", list(records.audience(about)))
            if moderators := reddit.moderators(name):
                lander.moderators |= moderators
            else:
                yield unseen(context, "accounts", f"r/{name}: {log.NO_STAFF}")
            yield from log.read(reddit, context, name)
            for listing in ("new", "comments"):
                reached.append((yield from walk.listing(f"r/{name}/{listing}")))
        if context.full or not is_first:
            yield from LookBack(reddit, lander, context).run()
    # each run states the stretch it has walked itself: one that spans a hole would hide it
    yield Coverage("messages", max((one for one in reached if one), default=None), context.now)
    yield Coverage("accounts", since, context.now)


def check(context: Context) -> list[Finding]:
    """What the credentials can and cannot see."""
    with Reddit(context) as reddit:
        return list(examine.examine(reddit, context))


CONNECTOR = Connector(
    platform="reddit",
    title="Reddit",
    streams=STREAMS,
    options=Options,
    secrets=("client_id", "client_secret", "refresh_token"),
    membership="none: subscribers are counted, not named; bans are in the moderation log",
    test_bed="recorded real exchanges; a stateful double for what they do not hold",
    proves="real payloads, pages, trees and errors; the double's behaviour is ours",
    cannot={
        "memberships": "Reddit names no subscriber: only their number is known; bans are told by the moderation log",
        "reactions": "votes are secret: only a score is stated, and Reddit blurs it",
        "messages": "listings reach back about a thousand things; what is older and unknown stays unseen; "
        "edits and deletions of older things show when the daily look-back reaches them",
    },
    is_live=True,
    read=read,
    check=check,
)
