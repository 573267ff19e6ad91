"""The run ledger in the build database: runs, what each ingest received, what each check found."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.connect import transaction
from warehouse.rows import insert

__all__ = ["finish_run", "record_calendar", "record_ingest", "record_quality", "start_run"]


def start_run(path: Path, *, run_id: str, started_at: datetime) -> None:
    """Open a run; runs left open by a kill are closed as interrupted (the caller holds the lock, so none is alive)."""
    with transaction(path) as connection:
        connection.execute(
            "update ops.runs set outcome = 'interrupted', message = 'the process ended without finishing the run' "
            "where outcome is null and run_id <> ?",
            [run_id],
        )
        connection.execute("delete from ops.runs where run_id = ?", [run_id])
        insert(connection, "ops.runs", [{"run_id": run_id, "started_at": started_at}])


def finish_run(
    path: Path, *, run_id: str, finished_at: datetime, outcome: str, exit_code: int, message: str = ""
) -> None:
    """Close a run with its outcome and the exit code the user sees."""
    with transaction(path) as connection:
        connection.execute(
            "update ops.runs set finished_at = ?, outcome = ?, exit_code = ?, message = ? where run_id = ?",
            [finished_at, outcome, exit_code, message, run_id],
        )


def record_ingest(
    path: Path,
    *,
    run_id: str,
    source: str,
    stream: str,
    received: int,
    landed: int,
    unchanged: int,
    rejected: int,
    requests: int,
    seconds: float,
    erased: int = 0,
) -> None:
    """Write the totals of one stream of one source in this run, in place of earlier ones (a retried task)."""
    with transaction(path) as connection:
        connection.execute(
            "delete from ops.ingests where run_id = ? and source = ? and stream = ?", [run_id, source, stream]
        )
        row = (run_id, source, stream, received, landed, unchanged, rejected, requests, seconds, erased)
        insert(connection, "ops.ingests", [row])


def record_quality(path: Path, *, run_id: str, checked_at: datetime, results: Iterable[Mapping[str, Any]]) -> None:
    """Write check results (layer, check, table, severity, outcome, observed, expected), in place of the layer's earlier
    ones in this run."""
    rows = [
        {
            "run_id": run_id,
            "layer": result["layer"],
            "check_name": result["check"],
            "table_name": result["table"],
            "severity": result["severity"],
            "outcome": result["outcome"],
            "observed": result.get("observed"),
            "expected": result.get("expected"),
            "checked_at": checked_at,
        }
        for result in results
    ]
    with transaction(path) as connection:
        for layer in sorted({row["layer"] for row in rows}):
            connection.execute("delete from ops.quality_results where run_id = ? and layer = ?", [run_id, layer])
        insert(connection, "ops.quality_results", rows)


def record_calendar(path: Path, events: Sequence[tuple[str, str, date, date]]) -> None:
    """Write the calendar's events (event, kind, first and last day) in place of the earlier; without any, no table."""
    with transaction(path) as connection:
        connection.execute("drop table if exists ops.calendar")
        if events:
            connection.execute(
                "create table ops.calendar (event varchar, kind varchar, start_date date, end_date date)"
            )
            connection.executemany("insert into ops.calendar values (?, ?, ?, ?)", events)
