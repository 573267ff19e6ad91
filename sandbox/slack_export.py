"""Writes the chat of a simulated community as a Slack workspace export: the same bytes for the same community."""

from __future__ import annotations

import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sandbox import slack_shapes as shapes
from sandbox.model import ChatMessage, Community
from sandbox.moments import micros, moment

_Key = tuple[str, int]


def write(community: Community, path: Path, until: datetime | None = None) -> Path:
    """Write the export as made at `until` (default: the end) to `path`, which appears only when it is whole.

    What lies in the community's outage is missing, as are deleted messages; a deleted opener of a thread leaves a
    tombstone. Day files go by the UTC day.
    """
    last = min(micros(until), community.end) if until else community.end
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, rows in _files(community, last):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, _pretty(rows))
    os.replace(part, path)
    return path


def kept(community: Community, until: int) -> list[ChatMessage]:
    """The messages an export made at `until` can know: written by then and not in the outage; deleted ones too."""
    lost = range(*community.outage)
    return [one for one in community.chat.messages if one.at < until and one.at not in lost]


def _pretty(rows: Any) -> bytes:
    """Indented by four, slashes and all beyond ASCII escaped, as the genuine ones are."""
    text = json.dumps(rows, separators=(",", ":")).encode()
    return msgspec.json.format(text, indent=4).replace(b"/", b"\\/")


def _files(community: Community, until: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    chat = community.chat
    yield (
        "users.json",
        [shapes.slackbot(), *(shapes.user(one, until) for one in chat.users.values() if one.created_at < until)],
    )
    members = _members(community, until)
    channels = [shapes.channel(one, members[one.id], until) for one in chat.channels.values() if one.created_at < until]
    yield "channels.json", channels
    yield "integration_logs.json", []
    messages = kept(community, until)
    known: dict[_Key, ChatMessage] = {(one.channel, one.at): one for one in messages}
    replies: dict[_Key, list[ChatMessage]] = defaultdict(list)
    for one in messages:
        if one.thread is not None and not _deleted(one, until):
            replies[one.channel, one.thread].append(one)
    folder = {str(row["id"]): str(row["name"]) for row in channels}
    days: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in messages:
        answers = replies.get((one.channel, one.at), [])
        if _deleted(one, until) and not answers:
            continue
        parent = known.get((one.channel, one.thread)) if one.thread is not None else None
        row = shapes.message(one, answers, parent, until)
        days[f"{folder[one.channel]}/{moment(one.at):%Y-%m-%d}.json"].append(row)
    yield from sorted(days.items())


def _deleted(one: ChatMessage, until: int) -> bool:
    return one.deleted_at is not None and one.deleted_at <= until


def _members(community: Community, until: int) -> dict[str, list[str]]:
    now: dict[str, dict[str, None]] = defaultdict(dict)
    for event in community.chat.memberships:
        if event.at >= until:
            break
        if event.event == "join":
            now[event.channel][event.user] = None
        else:
            now[event.channel].pop(event.user, None)
    return {channel: list(users) for channel, users in now.items()} | {
        channel: [] for channel in community.chat.channels if channel not in now
    }
