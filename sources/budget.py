"""The requests a day that may be spent on what is not new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources.connector import Context, Item


class Budget:
    """What is left of `options.lookback_requests_per_day`; `context.state["lookback"]` remembers what was spent."""

    def __init__(self, context: Context) -> None:
        """Starts anew each day."""
        self.context = context
        self.state: dict[str, Any] = context.state.setdefault("lookback", {})
        today = context.now.date().isoformat()
        if self.state.get("day") != today:
            self.state.update(day=today, used=0)

    def left(self) -> int:
        """Requests left today."""
        return max(0, int(self.context.options.lookback_requests_per_day) - int(self.state["used"]))

    def spending(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items; what they cost is written down, even if they end in an error."""
        before = self.context.meter.requests
        try:
            yield from items
        finally:
            self.state["used"] = int(self.state["used"]) + self.context.meter.requests - before
