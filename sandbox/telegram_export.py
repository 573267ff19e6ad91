"""A group chat as Telegram Desktop exports it: state that acts, and result.json in the documented shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ZONE = timedelta(hours=2)  # the exporting machine's clock


class Group:
    """One supergroup: messages and notices with running ids; nothing in it is real."""

    def __init__(self, chat_id: int = 1700000001, name: str = "Lanterns") -> None:
        self.chat_id, self.name = chat_id, name
        self.people: dict[str, tuple[str, str | None]] = {}  # who to (id, name now)
        self.messages: dict[int, dict[str, Any]] = {}

    def message(self, who: str, text: Any, at: datetime, answers: int | None = None) -> int:
        """Somebody writes."""
        told = {"text": text} | ({"reply_to_message_id": answers} if answers else {})
        return self._add("message", {"from": who, "from_id": who}, told, at)

    def notice(self, who: str, action: str, at: datetime, members: list[str] | None = None) -> int:
        """Telegram tells that somebody came, went, or changed the chat."""
        named = {"members": members} if members is not None else {}
        return self._add("service", {"actor": who, "actor_id": who}, {"action": action, "text": ""} | named, at)

    def person(self, who: str) -> str:
        """The id of somebody, who exists from then on."""
        return self.people.setdefault(who, (f"user{5000 + len(self.people)}", who))[0]

    def rename(self, who: str, name: str | None) -> None:
        """Somebody is called something else now, in all their messages; None: the account is gone."""
        self.people[who] = (self.person(who), name)

    def react(self, number: int, who: str, emoji: str, at: datetime) -> None:
        """Somebody reacts."""
        reactions = self.messages[number].setdefault("reactions", [])
        found = next((one for one in reactions if one["emoji"] == emoji), None)
        if found is None:
            found = {"type": "emoji", "count": 0, "emoji": emoji, "recent": []}
            reactions.append(found)
        found["count"] += 1
        found["recent"].append({"from": who, "from_id": who, "date": (at + ZONE).isoformat()})
        self.person(who)

    def edit(self, number: int, text: str, at: datetime) -> None:
        """The author rewrites."""
        self.messages[number] |= {"text": text} | _dated("edited", at)

    def write(self, file: Path) -> Path:
        """The export as it is now."""
        chat = {"name": self.name, "type": "public_supergroup", "id": self.chat_id}
        messages = [self._shown(message) for message in self.messages.values()]
        file.write_text(json.dumps(chat | {"messages": messages}, ensure_ascii=False, indent=1), encoding="utf-8")
        return file

    def _add(self, kind: str, whose: dict[str, str], told: dict[str, Any], at: datetime) -> int:
        self.person(next(iter(whose.values())))
        number = max(self.messages, default=0) + 1
        self.messages[number] = {"id": number, "type": kind, **_dated("date", at), **whose, **told}
        return number

    def _shown(self, item: dict[str, Any]) -> dict[str, Any]:
        """With ids and today's names; notices name members by name alone."""
        shown = dict(item)
        for who, name in (("from_id", "from"), ("actor_id", "actor")):
            if who in item:
                shown[who], shown[name] = self.people[item[who]]
        if "members" in item:
            shown["members"] = [self.people[who][1] if who in self.people else who for who in item["members"]]
        if "reactions" in item:
            shown["reactions"] = [
                one | {"recent": [r | {"from_id": self.person(r["from_id"])} for r in one["recent"]]}
                for one in item["reactions"]
            ]
        return shown


def _dated(name: str, at: datetime) -> dict[str, str]:
    return {name: (at + ZONE).isoformat(), f"{name}_unixtime": str(int(at.replace(tzinfo=UTC).timestamp()))}


def large(messages: int, start: datetime) -> Group:
    """A group of 200 people who write one message a minute, every third an answer, every tenth reacted to."""
    group = Group()
    for number in range(messages):
        at = start + timedelta(minutes=number)
        who = f"member {number * 7919 % 200}"
        written = group.message(who, f"message {number}, is it?", at, number - 1 if number % 3 == 2 else None)
        if number % 10 == 0:
            group.react(written, f"member {number % 200}", "👍", at)
    return group
