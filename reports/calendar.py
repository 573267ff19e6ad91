"""What the calendar has of a week or a day: events and campaigns as slots, for the words beside a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.board import Board
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

TABLE = "ops.calendar"
MOST = 3


@dataclass(frozen=True)
class Event:
    """One event: its name, its first day, and its last where that is another."""

    name: Slot
    first: Slot
    last: Slot | None


def events_of(snapshot: Snapshot, board: Board, start: date, end: date) -> tuple[Event, ...]:
    """The events that went on between two days, both included: the shortest first, at most three."""
    if not snapshot.columns(TABLE):
        return ()
    rows = snapshot.scan(
        "select event, start_date, end_date from ops.calendar order by end_date - start_date, start_date, event", {}
    )
    found = [row for row in rows if row[1] <= end and row[2] >= start]
    return tuple(_event(board, *row) for row in found[:MOST])


def _event(board: Board, name: str, first: date, last: date) -> Event:
    key = {"event": name, "start_date": first, "end_date": last}
    stem = f"event.{first:%Y%m%d}.{last:%Y%m%d}.{name}"

    def slot(column: str, value: object, kind: str) -> Slot:
        return board.add(f"{stem}.{column}", Binding(TABLE, key, column), value, kind)

    return Event(
        slot("event", name, "text"),
        slot("start_date", first, "day"),
        slot("end_date", last, "day") if last != first else None,
    )
