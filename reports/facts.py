"""Facts first: every value of a report as a typed slot, read from one published snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reports.board import Board
from reports.calendar import Event, events_of
from reports.carries import Carries, read_carries
from reports.changes import Item, find_changes
from reports.churn import Churn, Record, read_churn, read_record
from reports.coverage import Coverage, read_coverage
from reports.desk import Desk, read_desk
from reports.figures import Figure, figures_of, unknown_of
from reports.language import Language
from reports.members import read_statuses
from reports.metrics import Series, weekly_series
from reports.period import Week, deciding_source, last_complete_week, read_sources
from reports.quality import Quality, read_quality
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot
from reports.tiles import Share, Shares, read_shares

WEEKS = 12
MOST_VIEWS = 100  # source and week together: the page stays under 3 MB
SHARES = ("answered", "churn")


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
    events: tuple[Event, ...]
    unknown: list[tuple[str, Figure, Slot | None]]
    desk: Desk
    quality: Quality
    statuses: list[tuple[str, Slot]]
    series: dict[tuple[str, str], Series] = field(repr=False)
    shares: dict[tuple[str, str], Share]
    record: Record | None
    churn: Churn
    carries: Carries
    scope: str = "all"
    is_latest: bool = True
    views: tuple[Facts, ...] = field(default=(), repr=False)

    def figure(self, metric: str, scope: str = "") -> Figure:
        """One figure of the week, of the scope looked at unless told otherwise."""
        return self.figures[scope or self.scope, metric]

    def share(self, key: str) -> Share:
        """One share of the week, of the scope looked at."""
        return self.shares[self.scope, key]

    def as_json(self) -> dict[str, Any]:
        """The facts as facts.json holds them, without the forms they were rendered in."""
        return {
            "snapshot": self.board.snapshot_id,
            "period": self.week.name if self.week else None,
            "options": self.options.as_json(),
            "slots": [slot.as_json() for slot in self.board.slots.values()],
        }


def collect(snapshot: Snapshot, options: Options, *, views: bool = True) -> Facts:
    """Read every fact of the last complete week; nothing here writes a sentence.

    Without `views` the page's other faces are left out: enough for all forms but the page.
    """
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
    figures = figures_of(board, coverage, series, week, scopes) if week else {}
    items, is_compared = find_changes(snapshot, board, coverage, series, figures, week) if week else ([], False)
    shares = read_shares(snapshot, Week(week.start - timedelta(weeks=WEEKS)), week) if week else None
    facts = Facts(
        options=options,
        language=language,
        board=board,
        coverage=coverage,
        week=week,
        scopes=scopes,
        figures=figures,
        items=items,
        is_compared=is_compared,
        events=events_of(snapshot, board, week.start, week.end) if week else (),
        unknown=unknown_of(board, coverage, figures, week) if week else [],
        desk=read_desk(snapshot, board, week),
        quality=read_quality(snapshot, board, coverage, deciding),
        statuses=read_statuses(snapshot, board),
        series=series,
        shares=_shares(board, shares, series, scopes, week),
        record=read_record(snapshot, board),
        churn=read_churn(snapshot, board, "all"),
        carries=read_carries(snapshot, board, "all"),
    )
    return replace(facts, views=_views(snapshot, facts, shares)) if shares and views else facts


def _shares(
    board: Board, shares: Shares | None, series: dict[tuple[str, str], Series], scopes: list[str], week: Week | None
) -> dict[tuple[str, str], Share]:
    if shares is None or week is None:
        return {}
    return {(scope, key): shares.share(board, series, scope, week, key) for scope in scopes for key in SHARES}


def _views(snapshot: Snapshot, facts: Facts, shares: Shares) -> tuple[Facts, ...]:
    """The page's other faces: each source, and each of the weeks before."""
    assert facts.week is not None
    # with one source the community is the source
    scopes = facts.scopes if len(facts.scopes) > 2 else ["all"]
    views = [_of_scope(snapshot, facts, scope) for scope in scopes[1:]]
    for back in range(1, min(WEEKS, MOST_VIEWS // len(scopes))):
        week = Week(facts.week.start - timedelta(weeks=back))
        if week.start not in facts.series["all", "active"]:
            break
        earlier = _of_week(snapshot, facts, shares, week)
        views += [earlier if scope == "all" else _of_scope(snapshot, earlier, scope) for scope in scopes]
    return tuple(views)


def _of_week(snapshot: Snapshot, facts: Facts, shares: Shares, week: Week) -> Facts:
    """The same facts a number of weeks ago; what is known only as of today is left out."""
    board = facts.board.view(f"{week.name}/")
    figures = figures_of(board, facts.coverage, facts.series, week, facts.scopes)
    items, is_compared = find_changes(snapshot, board, facts.coverage, facts.series, figures, week)
    return replace(
        facts,
        board=board,
        week=week,
        figures=figures,
        items=items,
        is_compared=is_compared,
        events=events_of(snapshot, board, week.start, week.end),
        unknown=unknown_of(board, facts.coverage, figures, week),
        shares=_shares(board, shares, facts.series, facts.scopes, week),
        desk=Desk(),
        quality=read_quality(snapshot, board, facts.coverage, deciding_source([*facts.coverage.sources]), week=week),
        is_latest=False,
    )


def _of_scope(snapshot: Snapshot, facts: Facts, scope: str) -> Facts:
    """The same week of one source."""
    assert facts.week is not None
    own = {key: values for key, values in facts.series.items() if key[0] == scope}
    items, is_compared = find_changes(snapshot, facts.board, facts.coverage, own, facts.figures, facts.week, scope)
    week = None if facts.is_latest else facts.week
    quality = read_quality(snapshot, facts.board, facts.coverage, None, scope, week)
    seen = replace(facts, scope=scope, items=items, is_compared=is_compared, quality=quality)
    if not facts.is_latest:
        return seen
    return replace(
        seen,
        desk=read_desk(snapshot, facts.board, facts.week, scope),
        statuses=read_statuses(snapshot, facts.board, scope),
        churn=read_churn(snapshot, facts.board, scope),
        carries=read_carries(snapshot, facts.board, scope),
    )
