"""Mastodon servers and their kin over the client API: yields accounts, messages, reactions, memberships and counts.

Reads /api/v1/instance, the timelines named in `timelines`, /api/v1/statuses (many, one, its context and favourited_by),
and for follows /api/v1/accounts/verify_credentials, /lookup and /{id}/followers, and /api/v1/notifications.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sources.address import Address
from sources.connector import Connector, Context, Coverage, Finding, Item, Page
from sources.mastodon import examine, records
from sources.mastodon.api import Server
from sources.mastodon.follows import Follows
from sources.mastodon.land import Lander
from sources.mastodon.lookback import LookBack
from sources.mastodon.streams import STREAMS
from sources.mastodon.walk import CUT, LOCAL, Walk

STATED = {"user_count": "members", "status_count": "posts"}


class Options(BaseModel):
    """What muster.toml may say of a Mastodon source.

    `timelines`: local, public, home, tag/NAME, list/ID or account/HANDLE. `accounts`: local handles whose followers are
    watched; the token's own account if there are none.
    """

    model_config = ConfigDict(extra="forbid")

    base_url: Address
    timelines: list[Annotated[str, Field(pattern=r"^(local|public|home|(tag|list|account)/\S+)$")]] = Field(
        [LOCAL], min_length=1
    )
    accounts: list[str] = []
    start: date | None = None
    lookback_requests_per_day: int = Field(100, ge=0)
    max_requests: int = Field(200_000, ge=1)
    timeout: float = Field(30.0, gt=0)


def read(context: Context) -> Iterator[Item]:
    """The server's own totals, who follows, what is new in each timeline, then the look-back."""
    start = context.options.start
    since = datetime.combine(start, time()) if start else None
    with Server(context) as server:
        stats = server.instance().get("stats")
        if LOCAL in context.options.timelines and isinstance(stats, dict):
            stated = [(metric, stats[name]) for name, metric in STATED.items() if stats.get(name) is not None]
            yield Page("counts", [records.count("community", "", metric, value) for metric, value in stated])
        lander = Lander(server, context, since)
        yield from Follows(server, lander, context).run()
        walk, is_first = Walk(server, lander, context), not context.state.get("timelines")
        for name in context.options.timelines:
            yield from walk.timeline(name)
        if context.full or not is_first:
            yield from LookBack(server, lander, context).run()
    begins = walk.begins()
    is_cut = begins is not None and (since is None or since < begins)
    for stream in ("messages", "accounts", "reactions"):
        if is_cut:
            yield Coverage(stream, since, begins, CUT)
        yield Coverage(stream, begins if is_cut else since, context.now)


def check(context: Context) -> list[Finding]:
    """What the address and the token can and cannot see."""
    with Server(context) as server:
        return examine.examine(server, context)


CONNECTOR = Connector(
    platform="mastodon",
    title="Mastodon and its kin",
    streams=STREAMS,
    options=Options,
    secrets=("access_token",),
    membership="follows, and sign-ups told to moderators, from notifications, exact; "
    "unfollows only by comparing lists of followers, as intervals",
    test_bed="stateful double, checked against the API description; recorded real exchanges",
    proves="shape, real payloads, pages and errors; the server's behaviour is ours",
    cannot={
        "messages": "what no timeline of `timelines` shows; what was deleted before the first pull; "
        "edits and deletions of older posts show when the daily look-back reaches them",
        "channels": "it has none: a timeline is a view, not a place",
        "moderation": "only the server's own moderators see reports and removals",
        "memberships": "when an unfollow happened is not told: it is found by comparing lists, as an interval; "
        "joining the server is told to its moderators only; others see on which day accounts were made",
        "reactions": "who favoured is told, when is not",
    },
    is_live=True,
    read=read,
    check=check,
)
