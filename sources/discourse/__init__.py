"""Discourse forums over their JSON API: yields accounts, channels, messages, memberships, counts and moderation.

Reads /posts.json, /posts/{id}.json, /categories.json, /site.json, /about.json; with an admin's key also
/admin/users/list/active.json, /admin/users/{id}.json, /admin/logs/staff_action_logs.json and /review.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from pydantic import BaseModel, ConfigDict, Field

from sources.address import Address
from sources.connector import Connector, Context, Coverage, Finding, Item
from sources.discourse import community, examine, lookback, members, moderation, posts
from sources.discourse.api import Forum
from sources.discourse.streams import STREAMS


class Options(BaseModel):
    """What muster.toml may say of a Discourse source."""

    model_config = ConfigDict(extra="forbid")

    base_url: Address
    start: date | None = None
    lookback_requests_per_day: int = Field(100, ge=0)
    max_requests: int = Field(200_000, ge=1)
    timeout: float = Field(30.0, gt=0)


def read(context: Context) -> Iterator[Item]:
    """All that is new since the state, then the look-back; a fresh state means everything."""
    start = context.options.start
    since = datetime.combine(start, time()) if start else None
    with Forum(context) as forum:
        yield from community.read(forum, context)
        authors = yield from members.read(forum, context)
        yield from moderation.read(forum, context, since, is_staff=authors.has_list)
        walk = posts.Walk(forum, context, authors, since)
        before = walk.covered()
        yield from walk.run()
        if not context.full:  # a full walk has just looked at everything
            yield from lookback.read(walk, before)
    yield Coverage("messages", since, context.now)
    yield Coverage("accounts", None, context.now)


def check(context: Context) -> list[Finding]:
    """What the address and the key can and cannot see."""
    with Forum(context) as forum:
        return examine.examine(forum)


CONNECTOR = Connector(
    platform="discourse",
    title="Discourse",
    streams=STREAMS,
    options=Options,
    secrets=("api_key", "api_username"),
    membership="joins from account creation dates of the admin list; departures by comparing complete lists",
    test_bed="stateful double, fed from a real forum's history",
    proves="shape of requests and answers, real content; the server's behaviour is ours",
    cannot={
        "messages": "what the key, or without one the public, may not read; what was deleted before the first pull; "
        "edits and deletions of older posts show when the daily look-back reaches them",
        "reactions": "the API tells how many liked a post, not who and when",
        "moderation": "without an admin's key nothing; official warnings are private messages and are not told",
        "memberships": "leaving before the first complete member list is not visible; "
        "without an admin's key neither is joining",
    },
    is_live=True,
    read=read,
    check=check,
)
