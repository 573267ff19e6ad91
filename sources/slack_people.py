"""Slack accounts that the list of users lacks: bots, people behind bridge bots, people from shared channels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sources import slack_records as records


class People:
    """Remembers whom it has met, so that each gets one row."""

    def __init__(self, bridges: Collection[str]) -> None:
        """`bridges` are the ids of bots that speak for people."""
        self.bridges, self._met = frozenset(bridges), set[object]()

    def know(self, ids: Iterable[object]) -> None:
        """Those who have a row already."""
        self._met.update(ids)

    def met(self, author: str | None, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows for those a message shows for the first time."""
        rows = []
        bot_id = message.get("bot_id")
        if isinstance(bot_id, str) and bot_id not in self._met:
            self._met.add(bot_id)
            # a bridge's messages are called after the people it speaks for: none of their names is its own
            own = {**message, "username": None} if bot_id in self.bridges else message
            rows.append(records.bot(bot_id, own))
        if author is not None and author not in self._met:
            self._met.add(author)
            rows.append(self._stranger(author, message))
        return rows

    def _stranger(self, author: str, message: Mapping[str, Any]) -> dict[str, Any]:
        bot_id, separator, username = author.partition("/")
        if separator and bot_id in self.bridges:
            return records.bridged(author, username)
        return records.guest(author, message)
