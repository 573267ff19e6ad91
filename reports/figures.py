"""The weekly figures as slots: value, the week before, difference; and why some are not known."""

from __future__ import annotations

from dataclasses import dataclass

from reports.board import Board
from reports.coverage import Coverage, why_unknown
from reports.metrics import METRICS, Metric, Series, bind
from reports.period import Week
from reports.privacy import small_cells
from reports.slots import Binding, Slot

PERCENT_FROM = 30


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


def figures_of(
    board: Board, coverage: Coverage, series: dict[tuple[str, str], Series], week: Week, scopes: list[str]
) -> dict[tuple[str, str], Figure]:
    """Every figure of a week for every scope, small cells withheld."""
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


def unknown_of(
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
