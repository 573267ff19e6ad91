"""How many members have which status, as the snapshot sees them today."""

from __future__ import annotations

from reports.board import Board
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

ORDER = ("active", "silent", "left", "banned", "erased", "unknown")


def read_statuses(snapshot: Snapshot, board: Board, scope: str = "all") -> list[tuple[str, Slot]]:
    """Each status with its count of members, in a fixed order; statuses of few members are not counted out.

    By the community's own measure of silence where there is one, else as in the list of members.
    """
    own = bool(snapshot.columns("marts.member_status"))
    if not own and scope != "all":
        return []
    table, key = ("marts.member_status", {"scope": scope}) if own else ("marts.dim_members", {})
    where = " and scope = ?" if own else ""
    rows = snapshot.rows(
        # the table is one of two names of ours
        f"select coalesce(status, 'unknown'), count(*) from {table} where role = 'member'{where} group by 1",  # noqa: S608
        list(key.values()),
    )
    suffix = "" if scope == "all" else f".{scope}"
    counts = {str(status): int(count) for status, count in rows}
    ordered = [status for status in ORDER if status in counts] + sorted(set(counts) - set(ORDER))
    return [
        (
            status,
            board.add(
                f"status.{status}{suffix}",
                Binding(table, {**key, "role": "member", "status": status}, "member_key", "count"),
                counts[status],
                "integer",
                withheld=counts[status] < board.minimum_cell,
            ),
        )
        for status in ordered
    ]
