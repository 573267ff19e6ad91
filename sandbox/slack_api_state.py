"""A chat as of a moment, as the Web API shows it: channels, members, messages, threads."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox import slack_shapes as shapes
from sandbox.model import Chat, ChatMessage
from sandbox.moments import SECOND

Key = tuple[str, int]


class Workspace:
    """A workspace at its clock's moment; what happens is read from the chat's own instants."""

    def __init__(self, chat: Chat) -> None:
        """Indexes the chat; `refresh` does so again after something was added to it."""
        self.chat, self.now = chat, -(1 << 62)
        self.refresh()

    def refresh(self) -> None:
        """Take in what was added to the chat."""
        self.shown: dict[str, list[ChatMessage]] = defaultdict(list)
        self.threads: dict[Key, list[ChatMessage]] = defaultdict(list)
        self.openers: dict[Key, ChatMessage] = {}
        for one in sorted(self.chat.messages, key=lambda message: message.at):
            if one.thread is None:
                self.openers[one.channel, one.at] = one
            else:
                self.threads[one.channel, one.thread].append(one)
            if one.thread is None or one.subtype == "thread_broadcast":
                self.shown[one.channel].append(one)
        self._encoded: dict[Key, bytes] = {}
        self._members: dict[str, dict[str, None]] = {}

    def move(self, now: int) -> None:
        """Show what is so at `now`."""
        self.now = now
        self._encoded, self._members = {}, {}

    def channels(self) -> list[dict[str, Any]]:
        """All channels made by now, oldest first."""
        return [self._channel(one) for one in self.chat.channels.values() if one.created_at <= self.now]

    def _channel(self, one: Any) -> dict[str, Any]:
        row = shapes.channel(one, [], self.now)
        for name in ("members", "pins"):
            del row[name]
        flags = ("is_group", "is_im", "is_mpim", "is_private", "is_shared", "is_ext_shared", "is_org_shared")
        kind = {"is_channel": True, **dict.fromkeys((*flags, "is_pending_ext_shared"), False)}
        lists: dict[str, Any] = {name: [] for name in ("pending_shared", "previous_names")}
        size = len(self.members(one.id))
        return row | kind | lists | {"name_normalized": row["name"], "unlinked": 0, "num_members": size}

    def users(self) -> list[dict[str, Any]]:
        """Slackbot and all users made by now."""
        made = [shapes.user(one, self.now) for one in self.chat.users.values() if one.created_at <= self.now]
        return [_whole(one) for one in (shapes.slackbot(), *made)]

    def members(self, channel: str) -> list[str]:
        """Who is in a channel: closed accounts are in none."""
        if not self._members:
            for event in self.chat.memberships:
                if event.at <= self.now:
                    inside = self._members.setdefault(event.channel, {})
                    if event.event == "join":
                        inside[event.user] = None
                    else:
                        inside.pop(event.user, None)
        archived = self.chat.channels[channel].archived_at
        if archived is not None and archived <= self.now:
            return []
        return [user for user in self._members.get(channel, {}) if not self._is_closed(user)]

    def _is_closed(self, user: str) -> bool:
        found = self.chat.users.get(user)
        return found is not None and found.deleted_at is not None and found.deleted_at <= self.now

    def below(self, channel: str, latest: int, oldest: int) -> Iterator[ChatMessage]:
        """The messages of a channel with oldest <= at <= latest, newest first, replies only if they were broadcast."""
        found = self.shown.get(channel, [])
        for index in range(bisect_left(found, latest + 1, key=lambda one: one.at) - 1, -1, -1):
            if found[index].at < oldest:
                return
            if self._is_visible(found[index]):
                yield found[index]

    def thread(self, channel: str, opener: int) -> list[ChatMessage] | None:
        """A message and the replies under it; None if there is no such message."""
        first = self.openers.get((channel, opener))
        if first is None or not self._is_visible(first):
            return None
        return [first, *self._standing(channel, opener)]

    def _standing(self, channel: str, opener: int) -> list[ChatMessage]:
        return [one for one in self.threads.get((channel, opener), []) if self._stands(one)]

    def _stands(self, one: ChatMessage) -> bool:
        return one.at <= self.now and not (one.deleted_at is not None and one.deleted_at <= self.now)

    def _is_visible(self, one: ChatMessage) -> bool:
        """It stands, or it was deleted and left a tombstone over its replies."""
        if one.at > self.now:
            return False
        return self._stands(one) or (one.thread is None and bool(self._standing(one.channel, one.at)))

    def encoded(self, one: ChatMessage) -> bytes:
        """A message as JSON, made once a moment."""
        if (key := (one.channel, one.at)) not in self._encoded:
            parent = self.openers.get((one.channel, one.thread)) if one.thread is not None else None
            replies = self._standing(one.channel, one.at) if one.thread is None else []
            made = shapes.message(one, replies, parent, self.now)
            made.pop("replies", None)  # of exports only
            self._encoded[key] = msgspec.json.encode(made)
        return self._encoded[key]


def micros_of(ts: str) -> int | None:
    """The instant of a ts, of a plain number of seconds too; None if it is neither."""
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdigit() or len(seconds) > 12 or (fraction and not fraction.isdigit()):
        return None
    return int(seconds) * SECOND + int(f"{fraction:0<6}"[:6])


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """A user with the profile fields the API always sends."""
    texts = ("avatar_hash", "title", "phone", "skype", "status_text", "status_emoji", "real_name_normalized")
    names = ("display_name", "display_name_normalized", "real_name")
    return row | {"profile": dict.fromkeys((*texts, *names), "") | {"fields": {}} | row["profile"]}
