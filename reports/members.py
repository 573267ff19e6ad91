"""How many members have which status, as the snapshot sees them today."""

from __future__ import annotations

from collections.abc import Mapping

from reports.board import Board
from reports.privacy import Cell, cover
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

ORDER = ("active", "silent", "left", "banned", "erased", "unknown")


def read_statuses(snapshot: Snapshot, board: Board, scope: str = "all") -> list[tuple[str, Slot]]:
    """Each status with its count of members, in a fixed order; statuses of few members are not counted out, nor what
    would give them away.

    By the community's own measure of silence where there is one, else as in the list of members.
    """
    own = bool(snapshot.columns("marts.member_status"))
    if not own and scope != "all":
        return []
    table, key = ("marts.member_status", {"scope": scope}) if own else ("marts.dim_members", {})
    place = "scope" if own else "'all'"
    rows = snapshot.rows(
        # the table is one of two names of ours
        f"select {place}, coalesce(status, 'unknown'), count(*) from {table} where role = 'member' group by 1, 2"  # noqa: S608
    )
    suffix = "" if scope == "all" else f".{scope}"
    cells = {(str(of), str(status)): int(count) for of, status, count in rows}
    hidden = _hidden(cells, board.minimum_cell)
    counts = {status: count for (of, status), count in cells.items() if of == scope}
    ordered = [status for status in ORDER if status in counts] + sorted(set(counts) - set(ORDER))
    return [
        (
            status,
            board.add(
                f"status.{status}{suffix}",
                Binding(table, {**key, "role": "member", "status": status}, "member_key", "count"),
                counts[status],
                "integer",
                withheld=(scope, status) in hidden,
            ),
        )
        for status in ordered
    ]


def _hidden(cells: Mapping[Cell, int], minimum: int) -> set[Cell]:
    """Scopes and statuses of few members, and the source that a total less the other sources would tell of."""
    hidden = {cell for cell, count in cells.items() if count < minimum}
    for status in {status for _, status in cells}:
        sources = sorted((count, cell) for cell, count in cells.items() if cell[1] == status and cell[0] != "all")
        few = [cell for _, cell in sources if cell in hidden]
        hidden.update(cover(few, (cell for _, cell in sources if cell not in hidden), cells.__getitem__, minimum))
    return hidden
