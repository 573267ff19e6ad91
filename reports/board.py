"""Collects the slots of one report: writes each value in the reader's language as it is added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.language import Language
from reports.slots import Binding, Slot


class Board:
    """The slots of one report by name; adding a name twice returns the first."""

    def __init__(self, snapshot_id: str, language: Language, minimum_cell: int) -> None:
        self.snapshot_id = snapshot_id
        self.language = language
        self.minimum_cell = minimum_cell
        self.slots: dict[str, Slot] = {}
        self.prefix = ""

    def view(self, prefix: str) -> Board:
        """The same slots, with all that is added from here under a prefix: another week of the report."""
        other = Board(self.snapshot_id, self.language, self.minimum_cell)
        other.slots, other.prefix = self.slots, prefix
        return other

    def slot(self, name: str) -> Slot:
        """A slot of this view."""
        return self.slots[self.prefix + name]

    def add(
        self,
        name: str,
        binding: Binding,
        value: Any,
        kind: str,
        *,
        reason: str | None = None,
        withheld: bool = False,
    ) -> Slot:
        """A slot read from the snapshot; NULL reads "not known", a small cell "fewer than …", its cover "not shown"."""
        name = self.prefix + name
        if name not in self.slots:
            text = self._text(value, kind, withheld)
            self.slots[name] = Slot(name, binding, value, kind, text, self.snapshot_id, reason, withheld)
        return self.slots[name]

    def derive(self, name: str, how: str, of: Sequence[Slot], value: Any, kind: str) -> Slot:
        """A slot computed from others; unknown or withheld as they are."""
        binding = Binding("facts", {"of": [slot.name for slot in of]}, "", how)
        withheld = any(slot.withheld for slot in of)
        known = all(slot.is_known for slot in of)
        return self.add(name, binding, value if known else None, kind, withheld=withheld)

    def given(self, name: str, value: Any, kind: str) -> Slot:
        """A slot that comes from the request for the report: the period, the community's name."""
        return self.add(name, Binding("report", {}, self.prefix + name, "given"), value, kind)

    def _text(self, value: Any, kind: str, withheld: bool) -> str:
        words = self.language
        if withheld:
            few = kind in ("integer", "tally") and value is not None and 0 < value < self.minimum_cell
            limit = words.format("integer", self.minimum_cell)
            if kind == "tally":
                return f"<{limit}" if few else "–"
            # what is withheld only to cover another cell, or a difference, is not itself small
            return words._("fewer than {limit}").format(limit=limit) if few else words._("not shown")
        if value is None:
            return words._("not known")
        return words.format(kind, value)
