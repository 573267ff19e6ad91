"""Rejected records: those that wait for a fix, and their way into raw once they fit."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import landing
from warehouse.connect import opened, transaction
from warehouse.landing import Merged

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Waiting", "land", "waiting"]


@dataclass(frozen=True)
class Waiting:
    """A record set aside and not resolved yet; `record` is what was to be converted, where it is kept."""

    source: str
    platform: str
    stream: str
    run_id: str
    column: str | None
    reason: str
    record_hash: str
    payload: str | None
    record: str | None
    rejected_at: datetime


def waiting(path: Path, source: str | None = None) -> list[Waiting]:
    """The unresolved records, the newest first; of one that was set aside again and again, the last."""
    if not path.exists():
        return []
    query = """
        select distinct on (source, stream, record_hash)
            source, platform, stream, run_id, "column", reason, record_hash, payload, record, rejected_at
        from raw.rejected
        where resolved_at is null and (source = ? or ? is null)
        order by source, stream, record_hash, rejected_at desc
    """
    with opened(path, read_only=True) as connection:
        rows = [Waiting(*row) for row in connection.execute(query, [source, source]).fetchall()]
    return sorted(rows, key=lambda row: (row.rejected_at, row.source, row.stream, row.record_hash), reverse=True)


def land(path: Path, row: Waiting, table: "pa.Table", *, run_id: str, loaded_at: datetime) -> Merged:
    """Merge the converted record into raw as of when it was first seen, and mark it resolved, in one transaction."""
    with transaction(path) as connection:
        connection.register("retried_rows", table)
        connection.execute("create or replace temp table retried as select * from retried_rows")
        connection.unregister("retried_rows")
        merged = landing.merge_table(connection, "retried", row.source, row.platform, row.stream, loaded_at)
        connection.execute("drop table retried")
        connection.execute(
            "update raw.rejected set resolved_at = ?, resolved_run_id = ? "
            "where source = ? and stream = ? and record_hash = ?",
            [loaded_at, run_id, row.source, row.stream, row.record_hash],
        )
    return merged
