"""Telegram Desktop exports (JSON): yields accounts, channels, messages, reactions, memberships and counts.

Reads result.json, of one chat or of a whole account; of an account only its groups and channels, never what is private.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sources.connector import Connector, Context, Finding, Item
from sources.errors import SourceError
from sources.telegram_export.export import Export
from sources.telegram_export.result import Result
from sources.telegram_export.streams import STREAMS


class Options(BaseModel):
    """What muster.toml may say of a Telegram export."""

    model_config = ConfigDict(extra="forbid")

    path: Path
    max_file_bytes: int = Field(4 * 1024 * 1024 * 1024, ge=1)


def read(context: Context) -> Iterator[Item]:
    """The whole export, unless it is the one that was read last."""
    with _open(context) as result:
        fingerprint = result.fingerprint()
        if context.state.get("fingerprint") == fingerprint and not context.full:
            context.meter.notes.append(f"{context.options.path} has not changed since it was last read")
            return
        yield from Export(result, context).read()
        context.state["fingerprint"] = fingerprint


def check(context: Context) -> list[Finding]:
    """Whether the file is an export, and what it holds."""
    try:
        with _open(context) as result:
            chats = result.chats()
    except SourceError as error:
        return [Finding("error", str(error))]
    messages = sum(len(chat.messages) for chat in chats)
    return [
        Finding(
            "ok" if messages else "warning",
            f"a Telegram export of {len(chats)} groups and channels, {messages} messages",
        )
    ]


def _open(context: Context) -> Result:
    return Result(context.source, context.options.path, context.options.max_file_bytes)


CONNECTOR = Connector(
    platform="telegram_export",
    title="Telegram export",
    streams=STREAMS,
    options=Options,
    secrets=(),
    membership="service messages: joined by link or request, invited, left, removed",
    test_bed="exports of our own making in the documented shape",
    proves="behaviour; the shape is ours after the documentation",
    cannot={
        "messages": "direct conversations are never read; what was deleted before the first export",
        "reactions": "an export names only the latest who reacted; a reaction taken back is not told",
        "memberships": "large groups hide joining and leaving; who never wrote is known by name only",
        "moderation": "an export tells who was removed from the group, not what else moderators did",
    },
    is_live=False,
    read=read,
    check=check,
)
