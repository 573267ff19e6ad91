"""What changed: at most five figures that are unusual, large enough and complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reports.board import Board
from reports.metrics import POPULATION, Series
from reports.period import Week
from reports.significance import Score, false_discovery, score_day, score_week
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

if TYPE_CHECKING:
    from reports.facts import Figure

MOST = 5
FALSE_SHARE = 0.05
LEAST_EFFECT = 0.05
LEAST_COUNT = 10
PERCENT_FROM = 30
HISTORY_WEEKS = 40
HISTORY_DAYS = 120


@dataclass(frozen=True)
class Item:
    """One real change: a figure of the week, or one day of it, with what would have been usual."""

    metric: str
    scope: str
    value: Slot
    usual: Slot
    lo: Slot
    hi: Slot
    percent: Slot | None
    before: Slot | None
    day: Slot | None
    is_up: bool


Candidate = tuple[str, str, date | None, Score]


def find_changes(
    snapshot: Snapshot,
    board: Board,
    series: dict[tuple[str, str], Series],
    figures: dict[tuple[str, str], Figure],
    week: Week,
) -> list[Item]:
    """The items of the week, the community's before its sources', the surest first."""
    tested = _weekly(series, figures, week) + _daily(snapshot, week)
    chances = false_discovery([score.p for *_, score in tested])
    real = [
        (chance, candidate)
        for chance, candidate in zip(chances, tested, strict=True)
        if chance <= FALSE_SHARE and _is_large(candidate[3])
    ]
    real.sort(key=lambda pair: (pair[1][2] is not None, pair[1][1] != "all", pair[0], pair[1][0], str(pair[1][2])))
    chosen: list[Candidate] = []
    for _, candidate in real:
        if not _is_told(candidate, chosen):
            chosen.append(candidate)
    return [_item(board, figures, candidate) for candidate in chosen[:MOST]]


def _weekly(
    series: dict[tuple[str, str], Series], figures: dict[tuple[str, str], Figure], week: Week
) -> list[Candidate]:
    found: list[Candidate] = []
    scopes = {scope for scope, _ in series}
    for (scope, metric), values in sorted(series.items()):
        # with one source its figures are the community's: told once
        if (len(scopes) == 2 and scope != "all") or not figures[scope, metric].now.is_known:
            continue
        mondays = [week.start - timedelta(weeks=back) for back in range(HISTORY_WEEKS, -1, -1)]
        score = score_week([values.get(monday) for monday in mondays])
        if score is not None:
            found.append((metric, scope, None, score))
    return found


def _daily(snapshot: Snapshot, week: Week) -> list[Candidate]:
    """The community's active members on each day of the week."""
    first = week.end - timedelta(days=HISTORY_DAYS)
    rows = snapshot.rows(
        "select local_date, dau from marts.engagement_daily"
        " where scope = 'all' and population = ? and local_date between ? and ?",
        [POPULATION, first, week.end],
    )
    known = {day: None if dau is None else float(dau) for day, dau in rows}
    values = [known.get(first + timedelta(days=step)) for step in range(HISTORY_DAYS + 1)]
    found: list[Candidate] = []
    for place in range(len(values) - 7, len(values)):
        score = score_day(values, place)
        if score is not None:
            found.append(("dau", "all", first + timedelta(days=place), score))
    return found


def _is_large(score: Score) -> bool:
    return abs(score.effect) >= LEAST_EFFECT and abs(score.value - score.usual) >= LEAST_COUNT


def _is_told(candidate: Candidate, chosen: list[Candidate]) -> bool:
    """Whether an item already says it: a day of a week that moved as a whole, or a second day."""
    _, _, day, score = candidate
    if day is None:
        return False
    return any(
        (metric in ("active", "dau") and scope == "all" and (other.value > other.usual) == (score.value > score.usual))
        for metric, scope, _, other in chosen
    )


def _item(board: Board, figures: dict[tuple[str, str], Figure], candidate: Candidate) -> Item:
    metric, scope, day, score = candidate
    stem = f"item.{metric}.{scope}" + (f".{day:%Y%m%d}" if day else "")
    if day is None:
        value, before = figures[scope, metric].now, figures[scope, metric].before
    else:
        key = {"scope": scope, "population": POPULATION, "local_date": day}
        binding = Binding("marts.engagement_daily", key, "dau")
        value = board.add(
            f"{stem}.value", binding, int(score.value), "integer", withheld=0 < score.value < board.minimum_cell
        )
        before = None
    return Item(
        metric=metric,
        scope=scope,
        value=value,
        usual=_statistic(board, f"{stem}.usual", value, score.usual),
        lo=_statistic(board, f"{stem}.lo", value, score.lo),
        hi=_statistic(board, f"{stem}.hi", value, score.hi),
        percent=_percent(board, stem, value, score),
        before=before if before is not None and before.is_known else None,
        day=board.given(f"{stem}.day", day, "day") if day else None,
        is_up=score.value > score.usual,
    )


def _statistic(board: Board, name: str, value: Slot, number: float) -> Slot:
    few = 0 < round(number) < board.minimum_cell
    return board.add(name, Binding("facts", {"of": [value.name]}, "", "usual"), round(number), "integer", withheld=few)


def _percent(board: Board, stem: str, value: Slot, score: Score) -> Slot | None:
    if score.usual < PERCENT_FROM or score.value < PERCENT_FROM or not value.is_known:
        return None
    return board.derive(f"{stem}.percent", "relative to usual", [value], score.effect, "signed_percent")
