"""What was observed and what was not: intervals of ops.coverage, and why a week's figure is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reports.period import Source, Week
from reports.snapshot import Snapshot

FIRST = datetime.min
LAST = datetime.max
ACTIVITY = ("messages", "reactions")
SLACK = timedelta(days=7) / 10


@dataclass(frozen=True)
class Interval:
    """One row of ops.coverage; a reason says that the interval was not observed. Null ends are open."""

    source: str
    stream: str | None
    start: datetime
    end: datetime
    reason: str | None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether it shares an instant with [start, end)."""
        return self.start < end and self.end > start


@dataclass(frozen=True)
class Coverage:
    """All intervals of our sources, and the sources themselves."""

    sources: tuple[Source, ...]
    intervals: tuple[Interval, ...]
    zone: ZoneInfo
    channel_only: frozenset[str]

    def gaps(self, source: str, streams: tuple[str, ...], start: datetime, end: datetime) -> list[Interval]:
        """Unobserved intervals of a source that touch [start, end)."""
        return [
            gap
            for gap in self.intervals
            if gap.reason and gap.source == source and gap.stream in (None, "", "*", *streams)
            if gap.overlaps(start, end)
        ]

    def is_observed(self, source: str, stream: str, start: datetime, end: datetime) -> bool:
        """Whether observed intervals together cover [start, end) without a hole or a stated gap."""
        if self.gaps(source, (stream,), start, end):
            return False
        reached = start
        for part in self.intervals:  # in order of start
            if part.reason is None and part.source == source and part.stream == stream and part.start <= reached:
                reached = max(reached, part.end)
        return reached >= end

    def is_steady(self, scope: str, metric: str, first: Week, last: Week) -> bool:
        """Whether a scope meant the same sources from one week to another.

        An export that ended, or a source that began, in between would look like a fall or a rise of the community.
        What is missing of a week by less than a tenth is let pass, as in the windows of the marts.
        """
        if metric in ("joins", "leaves"):
            return self.tellers(metric, first) == self.tellers(metric, last)
        if scope != "all":
            return True
        start, end = first.bounds(self.zone)[0], last.bounds(self.zone)[1]
        for source in self.sources:
            begun = [part.start for part in self.intervals if part.source == source.name and part.stream == "messages"]
            ended = source.as_of is not None and start < source.as_of < end - SLACK
            if ended or any(start + SLACK < begin < end for begin in begun[:1]):
                return False
        return True

    def tells(self, source: str, metric: str, week: Week) -> bool:
        """Whether a source's joins or leaves of a week are known."""
        if metric == "leaves" and source in self.channel_only:
            return False
        start, end = week.bounds(self.zone)
        as_of = next((own.as_of for own in self.sources if own.name == source and not own.is_live), None)
        # an export owes nothing after its end, as long as that is nearly the week's
        if as_of is not None and end - SLACK < as_of < end:
            end = as_of
        return self.is_observed(source, "memberships", start, end)

    def tellers(self, metric: str, week: Week) -> list[str]:
        """The sources whose joins or leaves of a week are known."""
        return [source.name for source in self.sources if self.tells(source.name, metric, week)]


def read_coverage(snapshot: Snapshot, sources: list[Source], zone: ZoneInfo) -> Coverage:
    """Coverage of our own sources, ordered by start."""
    rows = snapshot.rows("select source, stream, observed_from, observed_to, reason from ops.coverage")
    own = {source.name for source in sources}
    found = [
        Interval(str(source), stream, start or FIRST, end or LAST, reason or None)
        for source, stream, start, end, reason in rows
        if source in own
    ]
    found.sort(key=lambda part: (part.start, part.end, part.source, part.stream or "", part.reason or ""))
    return Coverage(tuple(sources), tuple(found), zone, _channel_only(snapshot))


def _channel_only(snapshot: Snapshot) -> frozenset[str]:
    """Sources that tell who left a channel but never who left the community."""
    rows = snapshot.rows(
        "select source from marts.fct_memberships group by source"
        " having bool_and(scope_kind is distinct from 'community')"
    )
    return frozenset(str(row[0]) for row in rows)


def why_unknown(coverage: Coverage, scope: str, metric: str, week: Week) -> tuple[str, str, Interval | None]:
    """A reason code, the source it lies with, and the gap if it is one: ended, gap, channels, not_told or unknown."""
    start, end = week.bounds(coverage.zone)
    about_people = metric in ("joins", "leaves")
    streams = ("memberships",) if about_people else ACTIVITY
    scoped = [source for source in coverage.sources if scope in ("all", source.name)]
    for source in scoped:
        if source.as_of and source.as_of < end and (scope != "all" or source.is_live):
            return "ended", source.name, None
        gaps = coverage.gaps(source.name, streams, start, end)
        if gaps:
            return "gap", source.name, gaps[0]
        if metric == "leaves" and source.name in coverage.channel_only:
            return "channels", source.name, None
        if about_people and not coverage.tells(source.name, metric, week):
            return "not_told", source.name, None
    return "unknown", scoped[0].name if len(scoped) == 1 else "", None
