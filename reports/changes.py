"""What changed: at most five figures that are unusual, large enough and complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reports.board import Board
from reports.calendar import Event, events_of
from reports.coverage import Coverage
from reports.metrics import METRICS, POPULATION, Series, daily_figures
from reports.period import Week
from reports.significance import WEEKS, Score, false_discovery, score_day, score_week
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

if TYPE_CHECKING:
    from reports.figures import Figure

MOST = 5
FALSE_SHARE = 0.05
LEAST_EFFECT = 0.05
LEAST_COUNT = 10
PERCENT_FROM = 30
HISTORY_WEEKS = 40
HISTORY_DAYS = 120
WINDOWED = ("active", "new_members")


@dataclass(frozen=True)
class Item:
    """One real change: a figure of the week, or one day of it (then with that day's events), and what is usual."""

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
    events: tuple[Event, ...] = ()


Candidate = tuple[str, str, date | None, Score]


def find_changes(
    snapshot: Snapshot,
    board: Board,
    coverage: Coverage,
    series: dict[tuple[str, str], Series],
    figures: dict[tuple[str, str], Figure],
    week: Week,
    whole: str = "all",
) -> tuple[list[Item], bool]:
    """The items of the week, at most five, and whether the whole looked at could be compared at all.

    `whole` is the community, or one source alone: then `series` are its own.
    """
    weekly = _weekly(snapshot, coverage, series, figures, week)
    steady = coverage.is_steady(whole, "active", _first_compared(week), week)
    tested = weekly + (_daily(snapshot, whole, week) if steady else [])
    is_compared = any(metric == "active" and scope == whole for metric, scope, _, _ in weekly)
    chances = false_discovery([score.p for *_, score in tested])
    real = [
        (chance, candidate)
        for chance, candidate in zip(chances, tested, strict=True)
        if chance <= FALSE_SHARE and _is_large(candidate[3])
    ]
    real.sort(key=lambda pair: (pair[1][2] is not None, pair[1][1] != whole, pair[0], pair[1][0], str(pair[1][2])))
    chosen: list[Candidate] = []
    for _, candidate in real:
        if not _is_told(candidate, chosen, whole):
            chosen.append(candidate)
    order = [metric.key for metric in METRICS] + ["dau"]
    told = sorted(chosen[:MOST], key=lambda candidate: (order.index(candidate[0]), candidate[1] != "all", candidate[1]))
    return [_item(snapshot, board, figures, candidate) for candidate in told], is_compared


def _first_compared(week: Week) -> Week:
    return Week(week.start - timedelta(weeks=WEEKS))


def _weekly(
    snapshot: Snapshot,
    coverage: Coverage,
    series: dict[tuple[str, str], Series],
    figures: dict[tuple[str, str], Figure],
    week: Week,
) -> list[Candidate]:
    found: list[Candidate] = []
    scopes = {scope for scope, _ in series}
    whole = _whole_scopes(snapshot, week)
    for (scope, metric), values in sorted(series.items()):
        # with one source its figures are the community's: told once
        told = len(scopes) == 2 and scope != "all"
        known = figures[scope, metric].now.is_known and (metric not in WINDOWED or scope in whole)
        if told or not known or not coverage.is_steady(scope, metric, _first_compared(week), week):
            continue
        mondays = [week.start - timedelta(weeks=back) for back in range(HISTORY_WEEKS, -1, -1)]
        score = score_week([values.get(monday) for monday in mondays])
        if score is not None:
            found.append((metric, scope, None, score))
    return found


def _whole_scopes(snapshot: Snapshot, week: Week) -> set[str]:
    """The scopes whose week was observed without a hole: a window with a small one has a value, but no item."""
    column = "is_wau_complete" if "is_wau_complete" in snapshot.columns("marts.engagement_daily") else "true"
    rows = snapshot.scan(
        f"select scope, local_date from marts.engagement_daily"  # noqa: S608
        f" where {column} and population = $population and isodow(local_date) = 7",
        {"population": POPULATION},
    )
    return {str(scope) for scope, day in rows if day == week.end}


def _daily(snapshot: Snapshot, scope: str, week: Week) -> list[Candidate]:
    """Active members on each day of the week."""
    first = week.end - timedelta(days=HISTORY_DAYS)
    known = daily_figures(snapshot, scope)
    values = [known.get(first + timedelta(days=step)) for step in range(HISTORY_DAYS + 1)]
    found: list[Candidate] = []
    for place in range(len(values) - 7, len(values)):
        score = score_day(values, place)
        if score is not None:
            found.append(("dau", scope, first + timedelta(days=place), score))
    return found


def _is_large(score: Score) -> bool:
    return abs(score.effect) >= LEAST_EFFECT and abs(score.value - score.usual) >= LEAST_COUNT


def _is_told(candidate: Candidate, chosen: list[Candidate], whole: str) -> bool:
    """Whether an item already says it: a source within the community, a day within its week, or a second day."""
    metric, _, day, score = candidate
    same = {metric, "active"} if day else {metric}
    return any(
        other[0] in same and other[1] == whole and (other[3].value > other[3].usual) == (score.value > score.usual)
        for other in chosen
    )


def _item(snapshot: Snapshot, board: Board, figures: dict[tuple[str, str], Figure], candidate: Candidate) -> Item:
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
        events=events_of(snapshot, board, day, day) if day else (),
    )


def _statistic(board: Board, name: str, value: Slot, number: float) -> Slot:
    few = 0 < round(number) < board.minimum_cell
    return board.add(name, Binding("facts", {"of": [value.name]}, "", "usual"), round(number), "integer", withheld=few)


def _percent(board: Board, stem: str, value: Slot, score: Score) -> Slot | None:
    if score.usual < PERCENT_FROM or score.value < PERCENT_FROM or not value.is_known:
        return None
    return board.derive(f"{stem}.percent", "relative to usual", [value], score.effect, "signed_percent")
