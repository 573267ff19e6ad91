"""Slots: every number, date and name of a report, bound to the snapshot row it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Binding:
    """Where a value comes from: `how` it is read from (table, key, column)."""

    table: str
    key: Mapping[str, Any]
    column: str
    how: str = "cell"


@dataclass(frozen=True)
class Slot:
    """One value of the report as read, and as written; NULL carries its reason, a small cell no value."""

    name: str
    binding: Binding
    value: Any
    format: str
    text: str
    snapshot: str
    reason: str | None = None
    withheld: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the value may be used in a sentence about its size."""
        return self.value is not None and not self.withheld

    def as_json(self) -> dict[str, Any]:
        """The slot for facts.json; a withheld value stays out of it."""
        return {
            "name": self.name,
            "table": self.binding.table,
            "key": plain(self.binding.key),
            "column": self.binding.column,
            "how": self.binding.how,
            "value": None if self.withheld else plain(self.value),
            "format": self.format,
            "text": self.text,
            "snapshot": self.snapshot,
            "reason": self.reason,
            "withheld": self.withheld,
        }


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere: a label and the address behind it."""

    label: Slot
    url: Slot


Piece = str | Slot | Link


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates in ISO form, tuples as lists, whole floats as integers."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def slots_of(pieces: tuple[Piece, ...]) -> Iterator[Slot]:
    """The slots of a sentence in reading order, a link's label before its address."""
    for piece in pieces:
        if isinstance(piece, Slot):
            yield piece
        elif isinstance(piece, Link):
            yield piece.label
            yield piece.url
