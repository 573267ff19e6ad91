"""Says what could be seen: a room's past may be hidden from who came late, and some rooms cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sources.connector import Coverage, Item
from sources.matrix import records
from sources.matrix.events import Event, seconds
from sources.matrix.rooms import Facts, is_restricted, shown

ENCRYPTED = (
    "it is encrypted: texts are not read, only who wrote and reacted when, unless it moves to a room without encryption"
)
EVENT_STREAMS = ("messages", "reactions", "memberships", "moderation")
MOMENT = 1.0  # seconds: who makes a room is in it as good as from the beginning
_EPOCH = datetime(1970, 1, 1)

Hole = tuple[datetime | None, datetime | None, str]


def note(gap: dict[str, Any], facts: Facts, events: Sequence[Any], me: str) -> None:
    """Follows our own comings and goings through a stretch read backwards, and how far back it reached."""
    for event in events:
        if not isinstance(event, dict):
            continue
        moment = seconds(event)
        if isinstance(moment, float):
            gap["oldest"] = min(moment, gap.get("oldest") or moment)
        if event.get("type") == "m.room.create":
            gap["is_whole"] = True
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            _own(gap, facts, event, moment)


def _own(gap: dict[str, Any], facts: Facts, event: Event, moment: Any) -> None:
    happened = records.transition(event)
    if happened == "join":
        gap["came"] = moment
    elif happened in ("leave", "kick", "ban") and gap.get("came"):
        away(facts, moment, gap["came"])
        gap["came"] = None


def away(facts: Facts, gone: Any, back: Any) -> None:
    """Remembers a time we were not in the room and it hid what was said; holes are kept beside a room's facts."""
    if is_restricted(facts):
        _add(facts, gone, back, "outside")


def ended(gap: dict[str, Any], facts: Facts) -> None:
    """A room's past is read to its end: what lies before the oldest event seen is hidden, or no longer kept."""
    created = facts.get("created_at")
    if gap.get("to"):
        return
    if is_restricted(facts):
        _add(facts, created, gap.get("came"), "before")
    elif not gap.get("is_whole"):
        _add(facts, created, gap.get("oldest"), "purged")


def _add(facts: Facts, gone: Any, back: Any, kind: str) -> None:
    """A hole, as far as the room hid it then: what was said before it began to hide stays visible."""
    if kind != "purged" and isinstance(since := facts.get("visibility_at"), float):
        gone = max(gone or since, since)
    hole = [gone, back, kind]
    if gone and back and back - gone > MOMENT and hole not in facts.get("holes", []):
        facts["holes"] = [*facts.get("holes", []), hole]


def holes(rooms: dict[str, Facts], me: str) -> Iterator[Hole]:
    """What could not be seen of the rooms we are in or were in, with the reason in words."""
    for room_id, facts in rooms.items():
        name = shown(room_id, facts)
        reasons = {
            "before": f"room {name}: it hides from {me} what was said before {me} joined; "
            "let an admin set its history visibility to 'shared', or leave it out of `rooms`",
            "outside": f"room {name}: {me} was not in it for a while, and it hides what was said meanwhile; "
            "keep it in, or let an admin set the room's history visibility to 'shared'",
            "purged": f"room {name}: the server shows nothing older, its history was purged or is not kept; "
            "ask its admins, or begin later with `start`",
            "refused": f"room {name}: the server refuses {me} its history; invite it again, or leave the room out",
        }
        for gone, back, kind in facts.get("holes", []):
            yield _moment(gone), _moment(back), reasons[kind]


def coverage(found: Sequence[Hole], start: datetime | None, now: datetime) -> Iterator[Item]:
    """Each stream's observed stretches, which are all but the holes, and the holes."""
    for stream in EVENT_STREAMS:
        reached: datetime | None = start
        open_ended = False
        for low, high, reason in sorted(found, key=lambda hole: hole[0] or datetime.min):
            yield Coverage(stream, low, high, reason)
            if low and not open_ended and (reached is None or low > reached):
                yield Coverage(stream, reached, min(low, now))
            open_ended = open_ended or high is None
            reached = max(reached or datetime.min, high) if high else reached
        if not open_ended and (reached is None or reached < now):
            yield Coverage(stream, reached, now)
    yield Coverage("accounts", None, now)


def _moment(value: Any) -> datetime | None:
    return _EPOCH + timedelta(seconds=value) if isinstance(value, int | float) else None
