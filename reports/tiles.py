"""The four tiles of the first screen: active, new, answered in time, churn; each with its change and its quarter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from reports.answers import Counts, answered_by_week
from reports.board import Board
from reports.metrics import POPULATION, Series
from reports.period import Week
from reports.privacy import quiet_series
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

SPARK_WEEKS = 12
FOUR_WEEKS = timedelta(weeks=4)
PERCENT_FROM = 30
Z = 1.96
Rates = dict[date, tuple[int, int] | None]
Churn = dict[tuple[str, date], tuple[int | None, int | None, float | None, bool]]


@dataclass(frozen=True)
class Share:
    """A share of the week: how many of how many; the rate, and its change in points, only from 30 on."""

    key: str
    part: Slot
    whole: Slot
    rate: Slot | None
    change: Slot | None
    is_real: bool
    is_provisional: bool
    spark: tuple[float | None, ...]


@dataclass(frozen=True)
class Shares:
    """What shares are made of: questions by week, and the churn of the four weeks up to each Sunday."""

    questions: Counts
    churn: Churn

    def share(self, board: Board, series: dict[tuple[str, str], Series], scope: str, week: Week, key: str) -> Share:
        """One share of a week."""
        return self._answered(board, series, scope, week) if key == "answered" else self._churned(board, scope, week)

    def _answered(self, board: Board, series: dict[tuple[str, str], Series], scope: str, week: Week) -> Share:
        known = series[scope, "posts"]
        rates: Rates = {
            monday: self.questions.get((scope, monday), (0, 0)) if known.get(monday) is not None else None
            for monday in _mondays(week, timedelta(weeks=1))
        }
        span = {"scope": scope, "local_date": [week.start, week.end]}
        bindings = [Binding("marts.fct_messages", span, "message_key", how) for how in ("answered", "asked")]
        return _share(board, "answered", scope, week, rates, bindings, timedelta(weeks=1))

    def _churned(self, board: Board, scope: str, week: Week) -> Share:
        rates: Rates = {}
        for monday in _mondays(week, FOUR_WEEKS):
            churned, before, _, _ = self.churn.get((scope, monday + timedelta(days=6)), (None, None, None, False))
            rates[monday] = (churned, before) if churned is not None and before is not None else None
        key = {"scope": scope, "population": POPULATION, "period_kind": "rolling28", "period_end": week.end}
        bindings = [Binding("marts.growth_accounting", key, column) for column in ("churned", "previous_active")]
        provisional = self.churn.get((scope, week.end), (None, None, None, False))[3]
        return _share(board, "churn", scope, week, rates, bindings, FOUR_WEEKS, provisional)


def read_shares(snapshot: Snapshot, first: Week, last: Week) -> Shares:
    """Everything the shares of these weeks need."""
    start = first.start - timedelta(weeks=SPARK_WEEKS)
    churn: Churn = {}
    if snapshot.columns("marts.growth_accounting"):
        rows = snapshot.rows(
            "select scope, period_end, churned, previous_active, churn_rate, coalesce(is_provisional, false)"
            " from marts.growth_accounting where population = ? and period_kind = 'rolling28'"
            " and isodow(period_end) = 7 and period_end between ? and ?",
            [POPULATION, start - FOUR_WEEKS, last.end],
        )
        churn = {(str(row[0]), row[1]): (row[2], row[3], row[4], bool(row[5])) for row in rows}
    return Shares(answered_by_week(snapshot, start, last.start), churn)


def spark(series: Series, authors: Series, minimum: int, week: Week) -> tuple[float | None, ...]:
    """The last twelve weeks of a figure, small cells left out."""
    quiet = quiet_series(series, authors, minimum)
    return tuple(quiet.get(week.start - timedelta(weeks=back)) for back in range(SPARK_WEEKS - 1, -1, -1))


def _mondays(week: Week, compared: timedelta) -> list[date]:
    """The weeks of the sparkline, and the one it is compared with."""
    spark = {week.start - timedelta(weeks=back) for back in range(SPARK_WEEKS)}
    return sorted(spark | {week.start - compared})


def _share(
    board: Board,
    key: str,
    scope: str,
    week: Week,
    rates: Rates,
    bindings: list[Binding],
    compared: timedelta,
    is_provisional: bool = False,
) -> Share:
    now, before = rates[week.start], rates[week.start - compared]
    few = [now is not None and 0 < count < board.minimum_cell for count in now or (0, 0)]
    # with the share of a small group hidden, its whole must not give it away by its complement
    few[0] = few[0] or (now is not None and 0 < now[1] - now[0] < board.minimum_cell)
    part, whole = (
        board.add(f"{key}.{scope}.{name}", binding, now[place] if now else None, "integer", withheld=few[place])
        for place, (name, binding) in enumerate(zip(("part", "whole"), bindings, strict=True))
    )
    rate = change = None
    real = False
    if now is not None and part.is_known and whole.is_known and now[1] >= PERCENT_FROM:
        rate = board.derive(f"{key}.{scope}.rate", "share", [part, whole], now[0] / now[1], "percent")
        if before is not None and before[1] >= PERCENT_FROM and _tells(before, board.minimum_cell):
            difference = now[0] / now[1] - before[0] / before[1]
            change = board.derive(f"{key}.{scope}.points", "points", [part, whole], difference, "points")
            real = abs(difference) > Z * math.sqrt(_variance(now) + _variance(before))
    drawn = [rates.get(week.start - timedelta(weeks=back)) for back in range(SPARK_WEEKS - 1, -1, -1)]
    line = tuple(
        one[0] / one[1] if one and one[1] >= PERCENT_FROM and _tells(one, board.minimum_cell) else None for one in drawn
    )
    return Share(key, part, whole, rate, change, real, is_provisional, line)


def _tells(counts: tuple[int, int], minimum: int) -> bool:
    """Whether neither side of a share is a small group."""
    return all(count == 0 or count >= minimum for count in (counts[0], counts[1] - counts[0]))


def _variance(counts: tuple[int, int]) -> float:
    # one more on either side: a share of none or all is not certain
    share = (counts[0] + 1) / (counts[1] + 2)
    return share * (1 - share) / counts[1]
