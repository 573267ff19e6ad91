"""Facts of reach: how much hangs on how few, whom to ask to pass something on, and which ranking has proved itself."""

from __future__ import annotations

from dataclasses import dataclass

from reports.board import Board
from reports.desk import who
from reports.metrics import POPULATION
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

ROWS = (1, 3, 5, 10, 20)
ASKED = 10
BAND = 10
PERCENT_FROM = 30


@dataclass(frozen=True)
class Few:
    """What hangs on the first k: members they reach together, acts that touch them, threads only they answered."""

    k: Slot
    covered: Slot
    touched: Slot
    only_theirs: Slot


@dataclass(frozen=True)
class Ranking:
    """The ranking that foretold best who is answered next, and its record beside the baseline's."""

    name: str
    score: Slot
    baseline: Slot
    origins: Slot
    beats: bool


@dataclass(frozen=True)
class Carries:
    """Who carries a scope: the table, the ranking, whom to ask and who stands in the first band, by name."""

    audience: Slot | None
    rows: tuple[Few, ...]
    ranking: Ranking | None
    ask: tuple[tuple[Slot, Slot], ...]
    band: tuple[Slot, ...]


def read_carries(snapshot: Snapshot, board: Board, scope: str) -> Carries:
    """The facts of a scope; names only where there is a desk."""
    if not snapshot.columns("marts.key_people"):
        return Carries(None, (), None, (), ())
    found = snapshot.rows(
        "select k, covered_members, touched_share, only_theirs_share, audience_members, interactions_count,"
        " answered_threads_count from marts.key_people where scope = ? and population = ? order by k",
        [scope, POPULATION],
    )
    # on few members a share would name them
    told = [k for k in ROWS if k >= board.minimum_cell]
    known = [row for row in found if row[4] is not None and row[4] >= PERCENT_FROM and row[5] and row[6]]
    rows = tuple(_few(board, scope, row) for row in known if row[0] in told and min(row[5], row[6]) >= PERCENT_FROM)
    audience = _cell(board, scope, 1, "audience_members", known[0][4], "integer") if rows else None
    named = snapshot.desk is not None and bool(rows)
    return Carries(
        audience,
        rows,
        _ranking(snapshot, board, scope) if rows else None,
        _ask(snapshot, board, scope) if named else (),
        _band(snapshot, board, scope) if named else (),
    )


def _cell(board: Board, scope: str, k: int, column: str, value: object, kind: str) -> Slot:
    key = {"scope": scope, "population": POPULATION, "k": k}
    return board.add(f"few.{scope}.{k}.{column}", Binding("marts.key_people", key, column), value, kind)


def _few(board: Board, scope: str, row: tuple[int, ...]) -> Few:
    k, covered, touched, only_theirs = row[:4]
    return Few(
        board.given(f"few.{k}", k, "integer"),
        _cell(board, scope, k, "covered_members", covered, "integer"),
        _cell(board, scope, k, "touched_share", touched, "percent"),
        _cell(board, scope, k, "only_theirs_share", only_theirs, "percent"),
    )


def _ranking(snapshot: Snapshot, board: Board, scope: str) -> Ranking | None:
    if not snapshot.columns("ops.reach_backtest"):
        return None
    rows = snapshot.rows(
        "select ranking, max(origin), any_value(mean_rank_correlation), any_value(origins_count), bool_or(is_baseline)"
        " from ops.reach_backtest where scope = ? and (is_winner or is_baseline) group by ranking",
        [scope],
    )
    winner = next((row for row in rows if not row[4]), None)
    baseline = next((row for row in rows if row[4]), None)
    if winner is None or baseline is None or winner[2] is None or baseline[2] is None:
        return None

    def slot(row: tuple[object, ...], column: str, value: object, kind: str) -> Slot:
        key = {"scope": scope, "origin": row[1], "ranking": row[0]}
        return board.add(f"ranking.{scope}.{row[0]}.{column}", Binding("ops.reach_backtest", key, column), value, kind)

    return Ranking(
        str(winner[0]),
        slot(winner, "mean_rank_correlation", winner[2], "decimal"),
        slot(baseline, "mean_rank_correlation", baseline[2], "decimal"),
        slot(winner, "origins_count", winner[3], "integer"),
        bool(winner[2] > baseline[2]),
    )


def _ask(snapshot: Snapshot, board: Board, scope: str) -> tuple[tuple[Slot, Slot], ...]:
    """The first ten to ask together, each with the members they add."""
    rows = snapshot.rows(
        "select k, ask_member_key, gained_members from marts.key_people"
        " where scope = ? and population = ? and ask_member_key is not null and k <= ? order by k",
        [scope, POPULATION, ASKED],
    )
    return tuple(
        (who(snapshot, board, member), _cell(board, scope, k, "gained_members", gained, "integer"))
        for k, member, gained in rows
    )


def _band(snapshot: Snapshot, board: Board, scope: str) -> tuple[Slot, ...]:
    """The first band by the ranking that proved itself: who stands in it, not in which place."""
    if not snapshot.columns("marts.member_reach"):
        return ()
    rows = snapshot.rows(
        "select member_key from marts.member_reach"
        " where scope = ? and population = ? and \"window\" = '28d' and best_band = ? order by member_key",
        [scope, POPULATION, BAND],
    )
    return tuple(sorted((who(snapshot, board, row[0]) for row in rows), key=lambda slot: slot.text.casefold()))
