"""Walks an export channel by channel: its lists, its day files, and what an earlier export had that this one lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sources import slack_records as records
from sources.connector import Context, Coverage, Item, Page, unseen
from sources.http import decode
from sources.slack_export.absence import Absence, Channel
from sources.slack_export.archive import Archive, Corrupt
from sources.slack_people import People
from sources.streams import Rejected
from sources.table import reject

NO_GROUPS = "private channels are not in this export: only an owner's export has them"
_EPOCH = datetime(1970, 1, 1)
_TS = re.compile(r"[0-9]{10}\.[0-9]{6}")


class Export:
    """One reading of an export."""

    def __init__(self, archive: Archive, context: Context) -> None:
        """Reads nothing yet."""
        self.archive, self.context = archive, context
        self.people = People(context.options.bridge_bots)
        self.first: str | None = None
        self.last: str | None = None
        self.unreadable: list[tuple[str, str]] = []
        self._future = f"{(context.stamp().latest - _EPOCH).total_seconds():.6f}"

    def read(self) -> Iterator[Item]:
        """All of it: lists first, then each channel's days, then what is gone, then what was covered."""
        yield from self._users()
        channels, items = self.channels()
        yield from items
        absence = Absence(self.context)
        for folder, days in self.archive.days().items():
            if folder not in channels:
                if folder not in self._direct():
                    yield self._refuse(folder, "this channel is in neither channels.json nor groups.json")
                continue
            yield from self._channel(channels[folder], folder, days, absence)
        if self.first and self.last:
            yield from absence.removed(self.first, self.last)
        yield from self._coverage()

    def channels(self) -> tuple[dict[str, str], list[Item]]:
        """Folder → channel id of all channels, and their rows."""
        ids: dict[str, str] = {}
        rows, sizes = [], []
        items: list[Item] = []
        for name, is_private in (("channels.json", False), ("groups.json", True)):
            found, refused = self._list(name)
            items += refused
            for channel in found:
                rows.append(records.channel(channel, is_private=is_private))
                ids[str(channel.get("name"))] = str(channel.get("id"))
                if isinstance(members := channel.get("members"), list):
                    size = {"metric": "members", "value": len(members)}
                    sizes.append({"scope": "channel", "id": channel.get("id")} | size)
        return ids, [*items, Page("channels", rows), Page("counts", sizes)]

    def _users(self) -> Iterator[Item]:
        users, refused = self._list("users.json")
        yield from refused
        self.people.know(str(user.get("id")) for user in users)
        yield Page("accounts", [records.account(user) for user in users])

    def _list(self, name: str) -> tuple[list[dict[str, Any]], list[Item]]:
        """The objects of a list file; without it the export has none of them, damaged it is no export."""
        if name not in self.archive.names:
            return [], []
        try:
            items = decode(self.archive.read(name))
        except (Corrupt, ValueError):
            raise self.archive.bad(f"{name} is damaged") from None
        if not isinstance(items, list):
            raise self.archive.bad(f"this is no Slack export: {name} is not a list")
        good = [item for item in items if isinstance(item, dict)]
        stream = "accounts" if name == "users.json" else "channels"
        return good, [reject(stream, item, None, None, "not an object") for item in items if not isinstance(item, dict)]

    def _direct(self) -> set[str]:
        """Folders of direct conversations: private, never read."""
        found = [*self._list("dms.json")[0], *self._list("mpims.json")[0]]
        return {str(item.get(key)) for item in found for key in ("id", "name")}

    def _channel(self, channel_id: str, folder: str, days: list[str], absence: Absence) -> Iterator[Item]:
        """A channel's days, then the messages and reactions known of it that are no longer there."""
        present = absence.channel(channel_id)
        for day in days:
            name = f"{folder}/{day}.json"
            try:
                found, payloads = _messages(self.archive.read(name))
            except (Corrupt, ValueError, msgspec.MsgspecError) as error:
                reason = str(error) if isinstance(error, Corrupt) else "not a list of messages in JSON"
                yield self._refuse(name, reason)
                self.unreadable.append((name, day))
                present.skip(day)
                continue
            yield from self._day(channel_id, found, payloads, present)
        present.close()

    def _day(self, channel_id: str, found: list[Any], payloads: list[bytes], present: Channel) -> Iterator[Item]:
        rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("accounts", "reactions", "counts", "memberships")
        }
        messages: list[tuple[Any, bytes]] = []
        for item, payload in zip(found, payloads, strict=True):
            if not isinstance(item, dict):
                messages.append((item, payload))
                continue
            author = records.author(item, self.people.bridges)
            if row := present.version(records.message(item, channel_id, author)):
                messages.append((row, payload))
            rows["accounts"] += self.people.met(author, item)
            if "reactions" in item:
                rows["reactions"] += present.reacted(records.reactions(item, channel_id), item)
            rows["counts"] += records.counts(item, channel_id)
            rows["memberships"] += records.membership(item, channel_id, author)
            self._seen(item.get("ts"))
        yield Page("messages", [row for row, _ in messages], [payload for _, payload in messages])
        for stream, given in rows.items():
            if given:
                yield Page(stream, given)

    def _seen(self, ts: object) -> None:
        """Keeps the first and the last time; ts has a fixed width, so that text order is time order."""
        if isinstance(ts, str) and _TS.fullmatch(ts) and ts < self._future:
            self.first = ts if self.first is None else min(self.first, ts)
            self.last = ts if self.last is None else max(self.last, ts)

    def _refuse(self, name: str, reason: str) -> Rejected:
        self.context.meter.notes.append(f"{name}: {reason}; the rest of the export was read")
        return reject("messages", name, name, None, f"{name}: {reason}")

    def _coverage(self) -> Iterator[Coverage]:
        """From the first to the last message; a file that could not be read is a hole."""
        if not self.first or not self.last:
            return
        if "groups.json" not in self.archive.names:
            yield unseen(self.context, "messages", NO_GROUPS)
        for stream in ("messages", "reactions", "memberships"):
            yield Coverage(stream, _moment(self.first), _moment(self.last))
            for name, day in self.unreadable:
                start = datetime.fromisoformat(day)
                yield Coverage(
                    stream, start, start + timedelta(days=1), f"{name} in the export could not be read; export again"
                )


def _moment(ts: str) -> datetime:
    seconds, _, fraction = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction))


def _messages(content: bytes) -> tuple[list[Any], list[bytes]]:
    """The messages of a day with their exact JSON text."""
    try:
        raws = msgspec.json.decode(content, type=list[msgspec.Raw])
        return [msgspec.json.decode(raw) for raw in raws], [bytes(raw) for raw in raws]
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # half an emoji: the slow decoder reads it
        items = decode(content)
        if not isinstance(items, list):
            raise ValueError("not a list") from None
        return items, [json.dumps(item).encode() for item in items]
