"""The week a report is about: the last complete ISO week before the data's as-of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reports.snapshot import Snapshot

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One ISO week, by its Monday."""

    start: date

    @property
    def end(self) -> date:
        """Its Sunday."""
        return self.start + timedelta(days=6)

    @property
    def before(self) -> Week:
        """The week before."""
        return Week(self.start - WEEK)

    @property
    def name(self) -> str:
        """The ISO name, as in 2026-W26."""
        year, week, _ = self.start.isocalendar()
        return f"{year}-W{week:02d}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant and the first instant after it, naive UTC."""
        return utc_midnight(self.start, zone), utc_midnight(self.start + WEEK, zone)


@dataclass(frozen=True)
class Source:
    """A source of ours as the snapshot lists it; as_of is naive UTC."""

    name: str
    as_of: datetime | None
    is_live: bool


def utc_midnight(day: date, zone: ZoneInfo) -> datetime:
    """Midnight that begins a local day, naive UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


def to_local(instant: datetime, zone: ZoneInfo) -> datetime:
    """A naive UTC instant on the community's clock."""
    return instant.replace(tzinfo=UTC).astimezone(zone)


def read_sources(snapshot: Snapshot) -> list[Source]:
    """Our own sources (competitors are measured elsewhere), by name."""
    rows = snapshot.rows(
        "select source, as_of, coalesce(is_live, true) from marts.dim_sources"
        " where role is distinct from 'competitor' order by source"
    )
    return [Source(str(name), as_of, bool(live)) for name, as_of, live in rows]


def deciding_source(sources: list[Source]) -> Source | None:
    """The source whose as-of is the whole community's: the earliest of the live, else the latest export."""
    live = sorted((s.as_of, s.name, s) for s in sources if s.is_live and s.as_of)
    if live:
        return live[0][2]
    ended = sorted((s.as_of, s.name, s) for s in sources if s.as_of)
    return ended[-1][2] if ended else None


def last_complete_week(as_of: datetime | None, zone: ZoneInfo) -> Week | None:
    """The last ISO week that was over, by the community's clock, at as_of."""
    if as_of is None:
        return None
    today = to_local(as_of, zone).date()
    return Week(today - timedelta(days=today.weekday()) - WEEK)
