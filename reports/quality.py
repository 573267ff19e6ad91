"""How good the data are: as of when, which gaps, and what the gate warned of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reports.board import Board
from reports.coverage import FIRST, LAST, SLACK, Coverage, Interval
from reports.metrics import POPULATION, daily_figures
from reports.period import Source, Week, to_local
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

LOOK_BACK = timedelta(weeks=12)
BADGE_DAYS = 28
MOST = 5


@dataclass(frozen=True)
class Gap:
    """One interval that was not observed, of a source; end is None while it lasts."""

    source: Slot
    stream: Slot | None
    span: Slot
    reason: Slot
    is_open: bool


@dataclass(frozen=True)
class Quality:
    """The data's as-of, each source's own, recent gaps, the gate's warnings, days known of the last 28."""

    as_of: Slot | None
    ends: list[tuple[Slot, Slot]]
    gaps: list[Gap]
    more_gaps: Slot | None
    warnings: list[tuple[Slot, Slot]]
    more_warnings: Slot | None
    warning_count: Slot
    days_known: Slot
    days_asked: Slot


def read_quality(
    snapshot: Snapshot,
    board: Board,
    coverage: Coverage,
    deciding: Source | None,
    scope: str = "all",
    week: Week | None = None,
) -> Quality:
    """The quality line's slots, of the whole or of one source; with `week`, of that week and not of the data's end."""
    suffix = "" if scope == "all" else f".{scope}"
    if scope != "all":
        deciding = next(source for source in coverage.sources if source.name == scope)
    as_of = None
    if deciding and deciding.as_of:
        binding = Binding("marts.dim_sources", {"source": deciding.name}, "as_of")
        as_of = board.add(f"as_of{suffix}", binding, deciding.as_of, "instant")
    end = week.bounds(coverage.zone)[1] if week else deciding.as_of if deciding and deciding.as_of else LAST
    gaps = _recent_gaps(coverage, end, scope)
    warnings = gate_warnings(snapshot)
    known, asked = _days_known(
        snapshot, board, to_local(end, coverage.zone).date() if end != LAST else None, scope, week
    )
    return Quality(
        as_of=as_of,
        ends=_ends(board, coverage, deciding) if scope == "all" else [],
        gaps=[_gap(board, gap, coverage) for gap in gaps[:MOST]],
        more_gaps=board.given(f"gaps.more{suffix}", len(gaps) - MOST, "integer") if len(gaps) > MOST else None,
        warnings=[_warning(board, *row) for row in warnings[:MOST]],
        more_warnings=board.given("warnings.more", len(warnings) - MOST, "integer") if len(warnings) > MOST else None,
        warning_count=board.add(
            "warnings.count",
            Binding("ops.quality_results", {"severity": "warn", "outcome": "fail"}, "check_name", "warnings"),
            len(warnings),
            "integer",
        ),
        days_known=known,
        days_asked=asked,
    )


def _ends(board: Board, coverage: Coverage, deciding: Source | None) -> list[tuple[Slot, Slot]]:
    """Exports that ended before the data's as-of: a reader should know that they are history."""
    found = []
    for source in coverage.sources:
        if (
            deciding
            and deciding.as_of
            and source.as_of
            and not source.is_live
            and source.as_of < deciding.as_of - SLACK
        ):
            day = to_local(source.as_of, coverage.zone).date()
            binding = Binding("marts.dim_sources", {"source": source.name}, "as_of", "local day")
            found.append((board.slots[f"source.{source.name}"], board.add(f"ends.{source.name}", binding, day, "date")))
    return found


def _recent_gaps(coverage: Coverage, end: datetime, scope: str) -> list[Interval]:
    start = end - LOOK_BACK
    watched: dict[str, set[str | None]] = {}
    for part in coverage.intervals:
        if part.reason is None:
            watched.setdefault(part.source, {"*"}).add(part.stream)
    seen: dict[tuple[str, str | None, str], Interval] = {}
    for gap in coverage.intervals:
        # a stream that was never observed is a limit of the platform, told where its figure is missing
        if scope not in ("all", gap.source):
            continue
        if gap.reason and gap.overlaps(start, end) and (gap.stream in watched.get(gap.source, set()) or not gap.stream):
            seen[gap.source, gap.stream, f"{gap.start}{gap.end}"] = gap
    return sorted(seen.values(), key=lambda gap: (gap.start, gap.source, gap.stream or ""), reverse=True)


def _gap(board: Board, gap: Interval, coverage: Coverage) -> Gap:
    stem = f"gap.{gap.source}.{gap.stream}.{gap.start:%Y%m%d%H%M}"
    key = {"source": gap.source, "stream": gap.stream}
    first = gap.start if gap.start != FIRST else gap.end
    start = to_local(first, coverage.zone).date()
    end = start if gap.end == LAST else to_local(gap.end - timedelta(microseconds=1), coverage.zone).date()
    stream = None
    if gap.stream and gap.stream != "*":
        stream = board.add(f"{stem}.stream", Binding("ops.coverage", key, "stream", "gap"), gap.stream, "text")
    return Gap(
        source=board.slots[f"source.{gap.source}"],
        stream=stream,
        span=board.add(f"{stem}.span", Binding("ops.coverage", key, "observed_from", "gap"), (start, end), "interval"),
        reason=board.add(f"{stem}.reason", Binding("ops.coverage", key, "reason", "gap"), gap.reason, "note"),
        is_open=gap.end == LAST,
    )


def gate_warnings(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The warnings of the run that published this snapshot, as recorded or else as its manifest carries them."""
    run = snapshot.manifest.get("run_id")
    if run and snapshot.columns("ops.quality_results"):
        rows = snapshot.rows(
            "select check_name, coalesce(table_name, ''), severity = 'warn' and outcome = 'fail'"
            " from ops.quality_results where run_id = ? group by all order by all",
            [str(run)],
        )
        if rows:
            return [(str(check), str(table)) for check, table, warned in rows if warned]
    gate = [check for check in snapshot.manifest.get("gate") or [] if isinstance(check, dict)]
    warned = [check for check in gate if check.get("severity") == "warn" and check.get("outcome") == "fail"]
    return sorted({(str(check.get("check", "")), str(check.get("table") or "")) for check in warned})


def _warning(board: Board, check: str, table: str) -> tuple[Slot, Slot]:
    key = {"check_name": check, "table_name": table}
    stem = f"warning.{check}.{table}"
    return (
        board.add(f"{stem}.check", Binding("ops.quality_results", key, "check_name", "warning"), check, "text"),
        board.add(f"{stem}.table", Binding("ops.quality_results", key, "table_name", "warning"), table, "text"),
    )


def _days_known(snapshot: Snapshot, board: Board, end: date | None, scope: str, week: Week | None) -> tuple[Slot, Slot]:
    """How many of the last 28 whole days, or of the seven of a week, have a daily figure."""
    suffix = "" if scope == "all" else f".{scope}"
    asked = BADGE_DAYS if week is None else 7
    daily = daily_figures(snapshot, scope)
    days = [end - timedelta(days=back) for back in range(1, asked + 1)] if end else []
    known = sum(daily.get(day) is not None for day in days)
    binding = Binding("marts.engagement_daily", {"scope": scope, "population": POPULATION}, "dau", "days known")
    return board.add(f"days.known{suffix}", binding, known, "integer"), board.given("days.asked", asked, "integer")
