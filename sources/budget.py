"""A day's allowance kept in a source's state: a platform's daily units, or the requests a look-back may spend."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sources.connector import Context, Item
from sources.errors import RateLimited

T = TypeVar("T")


class Spent(RateLimited):
    """The day's units are used up; tomorrow has new ones."""


class DailyUnits:
    """Units of one day: what was used, and the day it belongs to, lie in `state` under 'used' and 'day'.

    A run that is killed may forget what its last chunk used; where the platform counts too, its own refusal (raised
    as `Spent`) then ends the day.
    """

    def __init__(self, context: Context, state: MutableMapping[str, Any], a_day: int, zone: str = "UTC") -> None:
        """`zone` is where the platform's day begins; a new day begins with nothing used."""
        self.context, self.state, self.a_day, self.zone = context, state, a_day, ZoneInfo(zone)
        today = self._local().date().isoformat()
        if state.get("day") != today:
            state.update(day=today, used=0)

    def left(self) -> int:
        """Units left today."""
        return max(0, self.a_day - int(self.state["used"]))

    def spend(self, units: int = 1) -> None:
        """Counts units used, whether or not they were left."""
        self.state["used"] = int(self.state["used"]) + units

    def take(self, units: int = 1) -> None:
        """To be called before a request that costs so much; raises Spent if there is less."""
        if units > self.left():
            raise Spent(self.context.source, "daily units", f"today's {self.a_day} are used up", "run again tomorrow")
        self.spend(units)

    def until_spent(self, items: Iterator[T]) -> Iterator[T]:
        """The items; a day without units left ends them as any end does, and the next day's first run goes on."""
        try:
            yield from items
        except Spent:
            self.state["used"] = max(self.a_day, int(self.state["used"]))
            again = f"{self.renewed_at():%Y-%m-%d %H:%M} UTC"
            self.context.meter.notes.append(f"today's {self.a_day} units are used up: the rest is read after {again}")

    def renewed_at(self) -> datetime:
        """When there are new units (naive UTC)."""
        midnight = self._local().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)
        return midnight.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)

    def _local(self) -> datetime:
        return self.context.now.replace(tzinfo=UTC).astimezone(self.zone)


class Budget(DailyUnits):
    """The requests a day that may be spent on what is not new: `options.lookback_requests_per_day` in UTC days."""

    def __init__(self, context: Context) -> None:
        """`context.state["lookback"]` remembers what was spent."""
        a_day = int(context.options.lookback_requests_per_day)
        super().__init__(context, context.state.setdefault("lookback", {}), a_day)

    def spending(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items; what they cost is written down, even if they end in an error."""
        before = self.context.meter.requests
        try:
            yield from items
        finally:
            self.spend(self.context.meter.requests - before)
