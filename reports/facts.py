"""Facts first: every value of a report as a typed slot, read from one published snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from reports.board import Board
from reports.changes import Item, find_changes
from reports.coverage import Coverage, read_coverage, why_unknown
from reports.desk import Desk, read_desk
from reports.language import Language
from reports.members import read_statuses
from reports.metrics import METRICS, Metric, Series, bind, weekly_series
from reports.period import Week, deciding_source, last_complete_week, read_sources
from reports.privacy import small_cells
from reports.quality import Quality, read_quality
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

PERCENT_FROM = 30


@dataclass(frozen=True)
class Options:
    """What is asked for: everything but the snapshot that a report depends on."""

    community: str
    locale: str
    minimum_cell: int
    names: bool = True
    timezone: str = "UTC"

    def as_json(self) -> dict[str, Any]:
        """The options for facts.json."""
        return dict(vars(self))


@dataclass(frozen=True)
class Figure:
    """One weekly figure with the week before; percent only where both are large enough."""

    metric: Metric
    scope: str
    now: Slot
    before: Slot
    change: Slot
    size: Slot
    percent: Slot | None


@dataclass(frozen=True)
class Facts:
    """All that words and pictures are made of."""

    options: Options
    language: Language
    board: Board
    coverage: Coverage
    week: Week | None
    scopes: list[str]
    figures: dict[tuple[str, str], Figure]
    items: list[Item]
    is_compared: bool
    unknown: list[tuple[str, Figure, Slot | None]]
    desk: Desk
    quality: Quality
    statuses: list[tuple[str, Slot]]
    series: dict[tuple[str, str], Series] = field(repr=False)

    def figure(self, metric: str, scope: str = "all") -> Figure:
        """One figure of the week."""
        return self.figures[scope, metric]

    def as_json(self) -> dict[str, Any]:
        """The facts as facts.json holds them, without the forms they were rendered in."""
        return {
            "snapshot": self.board.snapshot_id,
            "period": self.week.name if self.week else None,
            "options": self.options.as_json(),
            "slots": [slot.as_json() for slot in self.board.slots.values()],
        }


def collect(snapshot: Snapshot, options: Options) -> Facts:
    """Read every fact of the last complete week; nothing here writes a sentence."""
    zone = ZoneInfo(options.timezone)
    language = Language(options.locale, zone)
    board = Board(snapshot.id, language, options.minimum_cell)
    board.given("community", options.community, "text")
    sources = read_sources(snapshot)
    coverage = read_coverage(snapshot, sources, zone)
    for source in sources:
        board.add(
            f"source.{source.name}",
            Binding("marts.dim_sources", {"source": source.name}, "source"),
            source.name,
            "text",
        )
    deciding = deciding_source(sources)
    week = last_complete_week(deciding.as_of if deciding else None, zone)
    scopes = ["all", *(source.name for source in sources)]
    series = weekly_series(snapshot, coverage, scopes)
    if week is not None and week.start not in series["all", "active"]:
        week = None
    figures = _figures(board, coverage, series, week, scopes) if week else {}
    items, is_compared = find_changes(snapshot, board, coverage, series, figures, week) if week else ([], False)
    return Facts(
        options=options,
        language=language,
        board=board,
        coverage=coverage,
        week=week,
        scopes=scopes,
        figures=figures,
        items=items,
        is_compared=is_compared,
        unknown=_unknown(board, coverage, figures, week) if week else [],
        desk=read_desk(snapshot, board, week, deciding, options.minimum_cell),
        quality=read_quality(snapshot, board, coverage, deciding, week),
        statuses=read_statuses(snapshot, board),
        series=series,
    )


def _figures(
    board: Board, coverage: Coverage, series: dict[tuple[str, str], Series], week: Week, scopes: list[str]
) -> dict[tuple[str, str], Figure]:
    board.given("period", (week.start, week.end), "interval")
    hidden = {
        which: small_cells({cell: values.get(monday.start) for cell, values in series.items()}, board.minimum_cell)
        for which, monday in (("now", week), ("before", week.before))
    }
    figures = {}
    for scope in scopes:
        for metric in METRICS:
            slots = [
                _value(board, coverage, series, metric, scope, monday, which, (scope, metric.key) in hidden[which])
                for which, monday in (("now", week), ("before", week.before))
            ]
            steady = coverage.is_steady(scope, metric.key, week.before, week)
            figures[scope, metric.key] = _figure(board, metric, scope, slots[0], slots[1], steady)
    return figures


def _value(
    board: Board,
    coverage: Coverage,
    series: dict[tuple[str, str], Series],
    metric: Metric,
    scope: str,
    week: Week,
    which: str,
    withheld: bool,
) -> Slot:
    value = series[scope, metric.key].get(week.start)
    reason = why_unknown(coverage, scope, metric.key, week)[0] if value is None else None
    name = f"{metric.key}.{scope}.{which}"
    return board.add(name, bind(metric, scope, week, coverage), value, "integer", reason=reason, withheld=withheld)


def _figure(board: Board, metric: Metric, scope: str, now: Slot, before: Slot, steady: bool) -> Figure:
    known = now.is_known and before.is_known and steady
    difference = now.value - before.value if known else None
    change = board.derive(f"{metric.key}.{scope}.change", "difference", [now, before], difference, "signed")
    size = board.derive(f"{metric.key}.{scope}.size", "size", [change], abs(difference or 0), "integer")
    percent = None
    if known and before.value >= PERCENT_FROM and now.value >= PERCENT_FROM and difference:
        share = difference / before.value
        percent = board.derive(f"{metric.key}.{scope}.percent", "relative", [now, before], share, "signed_percent")
    return Figure(metric, scope, now, before, change, size, percent)


def _unknown(
    board: Board, coverage: Coverage, figures: dict[tuple[str, str], Figure], week: Week
) -> list[tuple[str, Figure, Slot | None]]:
    """Each unknown figure with its reason code and the date or words that explain it."""
    found: list[tuple[str, Figure, Slot | None]] = []
    for figure in figures.values():
        if figure.now.value is not None:
            continue
        code, source, gap = why_unknown(coverage, figure.scope, figure.metric.key, week)
        detail = board.slots.get(f"source.{source}")
        if code == "gap" and gap is not None and gap.reason:
            binding = Binding("ops.coverage", {"source": gap.source, "stream": gap.stream}, "reason", "gap")
            detail = board.add(f"gap.{gap.source}.{gap.stream}.{gap.start:%Y%m%d}", binding, gap.reason, "note")
        found.append((code, figure, detail))
    return found
