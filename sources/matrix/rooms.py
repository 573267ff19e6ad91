"""What a room is, by its state events: the facts are kept beside the cursor, because servers tell only changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sources.matrix.events import Event, content, mapping, seconds, text

Facts = dict[str, Any]
MODERATOR = 50  # what a server takes for the level of a moderator where a room does not say


def _created(event: Event) -> Facts:
    shown = content(event)
    others = shown.get("additional_creators")
    creators = [event.get("sender"), *(others if isinstance(others, list) else [])]
    # from room version 12 on creators stand above all levels
    above = creators if _version(shown.get("room_version")) >= 12 else []
    return {
        "room_type": text(shown.get("type")),
        "created_at": seconds(event),
        "creators": [name for name in above if isinstance(name, str)],
    }


def _version(value: Any) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() else 1


def _levels(event: Event) -> Facts:
    """Those who may kick, ban or redact."""
    shown = content(event)
    needed = [_level(shown.get(name), MODERATOR) for name in ("kick", "ban", "redact")]
    users = mapping(shown.get("users"))
    return {"powerful": sorted(name for name, level in users.items() if _level(level, 0) >= min(needed))}


def _level(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


_READ: Mapping[str, Callable[[Event], Facts]] = {
    "m.room.create": _created,
    "m.room.name": lambda event: {"name": text(content(event).get("name"))},
    "m.room.canonical_alias": lambda event: {"canonical_alias": text(content(event).get("alias"))},
    "m.room.join_rules": lambda event: {"join_rule": text(content(event).get("join_rule"))},
    "m.room.history_visibility": lambda event: {
        "history_visibility": text(content(event).get("history_visibility")),
        "visibility_at": seconds(event),
    },
    "m.room.encryption": lambda event: {"is_encrypted": True},
    "m.room.power_levels": _levels,
    "m.room.tombstone": lambda event: {"replacement_room": text(content(event).get("replacement_room"))},
    "m.space.parent": lambda event: {"parent": text(event.get("state_key")) if content(event).get("via") else None},
}
STATE_TYPES = (*_READ, "m.room.member")


def learn(facts: Facts, events: Iterable[Event]) -> bool:
    """Takes state events in, oldest first; says whether they changed anything."""
    before = dict(facts)
    for event in events:
        read = _READ.get(str(event.get("type")))
        if read and "state_key" in event:
            facts |= read(event)
    facts["moderators"] = sorted({*facts.get("creators", []), *facts.get("powerful", [])})
    return facts != before


def is_restricted(facts: Facts) -> bool:
    """Whether what was said before one came in stays hidden."""
    return facts.get("history_visibility") in ("joined", "invited")


def shown(room_id: str, facts: Facts) -> str:
    """A room as one would name it to a person."""
    return str(facts.get("canonical_alias") or facts.get("name") or room_id)
