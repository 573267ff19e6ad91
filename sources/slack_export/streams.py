"""The streams a Slack workspace export yields: all that Slack has."""

from __future__ import annotations

from sources.slack_streams import ACCOUNTS, CHANNELS, COUNTS, MEMBERSHIPS, MESSAGES, REACTIONS

STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, REACTIONS, MEMBERSHIPS, COUNTS)
