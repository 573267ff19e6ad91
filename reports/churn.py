"""Facts of staying and leaving: how long lives go on, what became of each cohort, whether a risk may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.board import Board
from reports.metrics import POPULATION
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

STRATA = ("all", "answered_24h", "unanswered_24h")
MARKS = (7, 28, 90, 180, 365)
COHORTS = 12
LEAST_LIVES = 30
ASSOCIATED = 0.05


@dataclass(frozen=True)
class Curve:
    """One survival curve, drawn as far as thirty lives are still at risk; its shares at a few days."""

    stratum: str
    days: tuple[int, ...]
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    marks: tuple[Slot | None, ...]


@dataclass(frozen=True)
class Cell:
    """One cell of the heat-map: the slot, and the share that colours it (None: not told as a share)."""

    slot: Slot
    share: float | None
    is_provisional: bool


@dataclass(frozen=True)
class Cohort:
    """Those whose first act fell in one month."""

    start: date
    size: Slot
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Silence:
    """The silence after which a member counts as gone, and the shares that come back after it and after 28 days."""

    days: Slot
    is_default: bool
    returns: Slot | None
    returns_28: Slot | None


@dataclass(frozen=True)
class Churn:
    """What the page tells of staying and leaving in one scope."""

    curves: tuple[Curve, ...]
    early_answer: str | None
    silence: Silence | None
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True)
class Record:
    """How a risk score did in this community: the verdict, and the figures behind it."""

    verdict: str
    origins: Slot
    won: Slot
    auc: Slot
    recency: Slot


def read_churn(snapshot: Snapshot, board: Board, scope: str) -> Churn:
    """Curves and cohorts of a scope; empty where the snapshot has none."""
    curves: tuple[Curve, ...] = ()
    if snapshot.columns("marts.survival_curve"):
        curves = tuple(curve for stratum in STRATA if (curve := _curve(snapshot, board, scope, stratum)) is not None)
    return Churn(
        curves, _associated(snapshot, scope), _silence(snapshot, board, scope), _cohorts(snapshot, board, scope)
    )


def _curve(snapshot: Snapshot, board: Board, scope: str, stratum: str) -> Curve | None:
    rows = snapshot.rows(
        "select day, survival, lo, hi from marts.survival_curve"
        " where scope = ? and population = ? and stratum = ? and at_risk >= ? and survival is not null order by day",
        [scope, POPULATION, stratum, LEAST_LIVES],
    )
    if len(rows) < 2:
        return None
    marks: list[Slot | None] = []
    for mark in MARKS:
        day, share = max((row[:2] for row in rows if row[0] <= mark), default=(None, None))
        if day is None or rows[-1][0] < mark:
            marks.append(None)
            continue
        key = {"scope": scope, "population": POPULATION, "stratum": stratum, "day": day}
        binding = Binding("marts.survival_curve", key, "survival")
        marks.append(board.add(f"survival.{scope}.{stratum}.{mark}", binding, share, "percent"))
    days, shares, lows, highs = zip(*((int(r[0]), float(r[1]), r[2] or 0.0, r[3] or 1.0) for r in rows), strict=True)
    return Curve(stratum, days, shares, lows, highs, tuple(marks))


def _associated(snapshot: Snapshot, scope: str) -> str | None:
    """Whether an answer within a day goes with staying, among members who began alike: longer, shorter, alike, or
    mixed (they stay unequally long, but only because they began otherwise); None where it was not compared."""
    if "alike_p_value" not in snapshot.columns("marts.survival_comparison"):
        return None
    row = snapshot.one(
        "select alike_p_value, churned < alike_expected, least(lives, compared_lives), p_value"
        " from marts.survival_comparison"
        " where scope = ? and population = ? and stratum = 'answered_24h'",
        [scope, POPULATION],
    )
    if row is None or row[0] is None or row[2] < LEAST_LIVES:
        return None
    if row[0] > ASSOCIATED:
        return "mixed" if row[3] is not None and row[3] <= ASSOCIATED else "alike"
    return "longer" if row[1] else "shorter"


def _silence(snapshot: Snapshot, board: Board, scope: str) -> Silence | None:
    if not snapshot.columns("marts.silence_threshold"):
        return None
    row = snapshot.one(
        "select computed_on, is_default, silence_days, return_rate, return_rate_28 from marts.silence_threshold"
        " where scope = ? order by computed_on desc",
        [scope],
    )
    if row is None:
        return None
    key, is_default, days, *rates = {"scope": scope, "computed_on": row[0]}, *row[1:]
    told = board.add(f"silence.{scope}", Binding("marts.silence_threshold", key, "silence_days"), days, "days")
    shares = [
        board.add(f"silence.{scope}.{column}", Binding("marts.silence_threshold", key, column), rate, "percent")
        for column, rate in zip(("return_rate", "return_rate_28"), rates, strict=True)
        if rate is not None and not is_default
    ]
    return Silence(told, bool(is_default), *shares) if len(shares) == 2 else Silence(told, bool(is_default), None, None)


def _cohorts(snapshot: Snapshot, board: Board, scope: str) -> tuple[Cohort, ...]:
    """The last twelve months' cohorts by month since."""
    if not snapshot.columns("marts.cohort_retention"):
        return ()
    rows = snapshot.rows(
        "select cohort_start, age, cohort_size, active, rate, coalesce(is_provisional, false)"
        " from marts.cohort_retention"
        " where scope = ? and population = ? and cohort_kind = 'month' and cohort_start in ("
        "select distinct cohort_start from marts.cohort_retention where scope = ? and population = ?"
        " and cohort_kind = 'month' and cohort_size > 0 order by cohort_start desc limit ?) order by 1, 2",
        [scope, POPULATION, scope, POPULATION, COHORTS],
    )
    found: dict[date, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return tuple(_cohort(board, scope, start, cells) for start, cells in found.items())


def _cohort(board: Board, scope: str, start: date, rows: list[tuple[Any, ...]]) -> Cohort:
    size = rows[0][2]
    few = size is not None and 0 < size < board.minimum_cell
    stem = f"cohort.{scope}.{start:%Y%m}"
    first = board.add(f"{stem}.size", _cohort_cell(scope, start, 0, "cohort_size"), size, "integer", withheld=few)
    cells = tuple(_age(board, scope, start, row, few) for row in rows)
    return Cohort(start, first, cells)


def _cohort_cell(scope: str, start: date, age: int, column: str) -> Binding:
    key = {"scope": scope, "population": POPULATION, "cohort_kind": "month", "cohort_start": start, "age": age}
    return Binding("marts.cohort_retention", key, column)


def _age(board: Board, scope: str, start: date, row: tuple[Any, ...], few: bool) -> Cell | None:
    """A share from thirty members on, else a count; nothing for what is not over."""
    _, age, size, active, rate, provisional = row
    if active is None or not age:
        return None
    name = f"cohort.{scope}.{start:%Y%m}.{age}"
    hidden = few or 0 < active < board.minimum_cell or 0 < size - active < board.minimum_cell
    if size >= LEAST_LIVES and not hidden:
        slot = board.add(name, _cohort_cell(scope, start, age, "rate"), rate, "percent")
        return Cell(slot, float(rate), provisional)
    slot = board.add(name, _cohort_cell(scope, start, age, "active"), active, "tally", withheld=hidden)
    return Cell(slot, None, provisional)


def read_record(snapshot: Snapshot, board: Board) -> Record | None:
    """The risk score's record over past origins, whatever the verdict; None where none was taken."""
    if not snapshot.columns("ops.risk_verdict"):
        return None
    row = snapshot.one(
        "select verdict, origins, origins_won, auc, recency_auc from ops.risk_verdict where scope = 'all'"
    )
    if row is None or row[3] is None or row[4] is None:
        return None
    columns = (("origins", "integer"), ("origins_won", "integer"), ("auc", "decimal"), ("recency_auc", "decimal"))
    slots = [
        board.add(f"risk.{column}", Binding("ops.risk_verdict", {"scope": "all"}, column), value, kind)
        for (column, kind), value in zip(columns, row[1:], strict=True)
    ]
    return Record(str(row[0]), *slots)
