"""How many members have which status, as the snapshot sees them today."""

from __future__ import annotations

from reports.board import Board
from reports.slots import Binding, Slot
from reports.snapshot import Snapshot

ORDER = ("active", "silent", "left", "banned", "erased", "unknown")


def read_statuses(snapshot: Snapshot, board: Board) -> list[tuple[str, Slot]]:
    """Each status with its count of members, in a fixed order; statuses of few members are not counted out."""
    rows = snapshot.rows(
        "select coalesce(status, 'unknown'), count(*) from marts.dim_members where role = 'member' group by 1"
    )
    counts = {str(status): int(count) for status, count in rows}
    ordered = [status for status in ORDER if status in counts] + sorted(set(counts) - set(ORDER))
    return [
        (
            status,
            board.add(
                f"status.{status}",
                Binding("marts.dim_members", {"role": "member", "status": status}, "member_key", "count"),
                counts[status],
                "integer",
                withheld=counts[status] < board.minimum_cell,
            ),
        )
        for status in ordered
    ]
