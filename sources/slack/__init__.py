"""Slack workspaces over the Web API: yields accounts, channels, messages, reactions, memberships and counts.

Reads conversations.list, users.list, conversations.history, conversations.replies, conversations.members, auth.test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from sources.address import Address
from sources.connector import Connector, Context, Finding, Item
from sources.slack.streams import STREAMS


class Options(BaseModel):
    """What muster.toml may say of a Slack workspace; `base_url` is its own address, for links to messages."""

    model_config = ConfigDict(extra="forbid")

    base_url: Address | None = None
    api_url: Address = "https://slack.com/api"
    start: date | None = None
    only: list[str] = []
    skip: list[str] = []
    private_channels: bool = False
    bridge_bots: list[str] = []
    page_size: int = Field(999, ge=1, le=1000)
    list_page_size: int = Field(1000, ge=1, le=1000)
    lookback_days: int = Field(14, ge=0)
    lookback_requests_per_day: int = Field(200, ge=0)
    max_requests: int = Field(200_000, ge=1)
    timeout: float = Field(30.0, gt=0)


def read(context: Context) -> Iterator[Item]:
    """All that is new since the state, then the look-back and the lists of members."""
    from sources.slack.workspace import Reading

    yield from Reading(context).run()


def check(context: Context) -> list[Finding]:
    """Whether the token is accepted and what it can and cannot see."""
    from sources.slack.examine import examine

    return examine(context)


CONNECTOR = Connector(
    platform="slack",
    title="Slack (Web API)",
    streams=STREAMS,
    options=Options,
    secrets=("token",),
    membership="join and leave messages of the channels, exact; completed by comparing lists of members, as intervals",
    test_bed="stateful double",
    proves="shape of requests and answers against the official description; the server's behaviour is ours",
    cannot={
        "moderation": "only the audit log of an Enterprise Grid tells who removed what",
        "reactions": "the API tells who reacted, not when",
        "memberships": "who left before the first list of members without a message is not visible",
        "messages": "direct conversations are never read; on a free plan Slack hides what is older than 90 days; "
        "edits and deletions of older messages show when the daily look-back reaches them",
    },
    is_live=True,
    read=read,
    check=check,
)
