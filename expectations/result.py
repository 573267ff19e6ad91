"""What one check found, and the one line that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layer = Literal["raw", "models", "core", "marts"]  # models: dbt's own tests, asked by dbt
Severity = Literal["block", "warn"]
Outcome = Literal["pass", "fail"]

LAYERS: tuple[Layer, ...] = ("raw", "core", "marts")
_LOOK_LENGTH = 200
_FAILED = {"block": "blocked by", "warn": "warning from"}


@dataclass(frozen=True)
class CheckResult:
    """One check's outcome; `observed` and `expected` are words with counts, never data of a person."""

    layer: Layer
    check: str
    table: str
    severity: Severity
    outcome: Outcome
    observed: str
    expected: str
    says: str = ""
    look: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this result alone stops publication."""
        return self.outcome == "fail" and self.severity == "block"

    def line(self) -> str:
        """One line: verdict, place, count, and the query or file to look at."""
        verdict = "passed" if self.outcome == "pass" else _FAILED[self.severity]
        place = self.table.replace("marts.", f"{self.layer}.", 1) if self.table.startswith("marts.") else self.table
        text = f"{verdict} {place} {self.check}: {self.observed}, expected {self.expected}"
        if self.outcome == "fail" and self.look:
            look = self.look if len(self.look) <= _LOOK_LENGTH else self.look[: _LOOK_LENGTH - 1] + "…"
            text += f" — look at {look}"
        return " ".join(text.split())


def failure(layer: Layer, check: str, table: str, observed: str, expected: str, look: str) -> CheckResult:
    """A failed blocking check that no suite measured."""
    return CheckResult(layer, check, table, "block", "fail", observed, expected, "the gate must be able to ask", look)
