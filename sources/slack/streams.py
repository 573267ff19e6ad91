"""The streams the Slack Web API yields: those of an export, but a message's key names its thread too."""

from __future__ import annotations

from dataclasses import replace

from sources.slack_streams import ACCOUNTS, CHANNELS, COUNTS, MEMBERSHIPS, MESSAGES, REACTIONS

# thread_ts (its own ts where a message opens a thread or has none) never changes; in the key, it tells the look-back
# which of the known messages are replies, and of what, without a memory of its own
_COLUMNS = tuple(replace(column, required=column.required or column.name == "thread_ts") for column in MESSAGES.columns)
STREAMS = (
    ACCOUNTS,
    CHANNELS,
    replace(MESSAGES, columns=_COLUMNS, key=("channel_id", "thread_ts", "ts")),
    REACTIONS,
    MEMBERSHIPS,
    COUNTS,
)
