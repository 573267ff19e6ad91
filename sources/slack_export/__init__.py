"""Slack workspace exports, zip or folder: yields accounts, channels, messages, reactions, memberships and counts.

Reads users.json, channels.json, groups.json and the day files <channel>/YYYY-MM-DD.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sources.connector import Connector, Context, Finding, Item
from sources.errors import SourceError
from sources.slack_export.archive import Archive, Bounds
from sources.slack_export.export import NO_GROUPS, Export
from sources.slack_export.streams import STREAMS


class Options(BaseModel):
    """What muster.toml may say of a Slack export."""

    model_config = ConfigDict(extra="forbid")

    path: Path
    bridge_bots: list[str] = []
    max_file_bytes: int = Field(512 * 1024 * 1024, ge=1)
    max_total_bytes: int = Field(20 * 1024 * 1024 * 1024, ge=1)


def read(context: Context) -> Iterator[Item]:
    """The whole export, unless it is the one that was read last."""
    with _open(context) as archive:
        fingerprint = f"{archive.fingerprint()} {sorted(context.options.bridge_bots)}"
        if context.state.get("fingerprint") == fingerprint and not context.full:
            context.meter.notes.append(f"{context.options.path} has not changed since it was last read")
            return
        yield from Export(archive, context).read()
        context.state["fingerprint"] = fingerprint


def check(context: Context) -> list[Finding]:
    """Whether the file is an export, and what it covers."""
    try:
        with _open(context) as archive:
            days = archive.days()
            channels, _ = Export(archive, context).channels()
    except SourceError as error:
        return [Finding("error", str(error))]
    if not days:
        return [Finding("warning", "the export holds no messages")]
    first, last = min(found[0] for found in days.values()), max(found[-1] for found in days.values())
    findings = [Finding("ok", f"a Slack export of {len(channels)} channels, {first} to {last}")]
    if "groups.json" not in archive.names:
        findings.append(Finding("warning", NO_GROUPS))
    return findings


def _open(context: Context) -> Archive:
    options = context.options
    return Archive(context.source, options.path, Bounds(options.max_file_bytes, options.max_total_bytes))


CONNECTOR = Connector(
    platform="slack_export",
    title="Slack export",
    streams=STREAMS,
    options=Options,
    secrets=(),
    membership="join and leave messages of the channels (Slack sends them sparingly)",
    test_bed="a genuine workspace export",
    proves="the shape of real data",
    cannot={
        "messages": "direct conversations are never read; private channels only from an owner's export; "
        "what was deleted before the export",
        "moderation": "an export does not tell who removed what",
        "reactions": "an export tells who reacted, not when",
        "memberships": "joining and leaving only as far as the channels' own messages tell",
    },
    is_live=False,
    read=read,
    check=check,
)
