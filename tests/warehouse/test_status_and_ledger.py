"""status.json and the run ledger."""

import subprocess
import sys
import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse import ledger
from warehouse.errors import WarehouseError
from warehouse.publish import read_status, write_status

NOW = datetime(2024, 3, 1)
ROOT = Path(__file__).parents[2]


def test_status_is_empty_before_the_first_run_and_then_what_was_written(folder: Any) -> None:
    assert read_status(folder) == {}
    write_status(folder, {"outcome": "größer", "at": NOW, "path": folder.root})
    assert read_status(folder) == {"outcome": "größer", "at": "2024-03-01 00:00:00", "path": str(folder.root)}
    assert folder.status.stat().st_mode & 0o777 == 0o600


def test_a_reader_never_sees_half_a_status(folder: Any) -> None:
    write_status(folder, {"n": 0, "long": "x" * 100_000})
    seen: list[dict[str, Any]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(read_status(folder))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(30):
        write_status(folder, {"n": n, "long": "x" * 100_000})
    stop.set()
    reader.join()
    assert all(len(status["long"]) == 100_000 for status in seen)
    assert [path.name for path in folder.root.iterdir() if path.name.endswith(".new")] == []


def test_a_status_spoilt_by_hand_is_named(folder: Any) -> None:
    for text in ("{half", "[]"):
        folder.status.write_text(text)
        with pytest.raises(WarehouseError, match=r"status\.json"):
            read_status(folder)


def test_a_run_is_opened_and_closed(folder: Any, execute: Any) -> None:
    path = folder.warehouse
    ledger.start_run(path, run_id="r1", started_at=NOW)
    ledger.start_run(path, run_id="r2", started_at=NOW)  # r1 was killed
    ledger.finish_run(path, run_id="r2", finished_at=NOW, outcome="published", exit_code=0)
    ledger.start_run(path, run_id="r3", started_at=NOW)
    query = "select run_id, outcome, exit_code, finished_at from ops.runs order by run_id"
    assert execute(path, query) == [
        ("r1", "interrupted", None, None),
        ("r2", "published", 0, NOW),
        ("r3", None, None, None),
    ]


def test_an_ingest_recorded_again_takes_the_place_of_the_first(folder: Any, execute: Any) -> None:
    row: dict[str, Any] = {"run_id": "r1", "source": "square", "stream": "messages", "rejected": 1, "requests": 2}
    for landed in (3, 4):
        ledger.record_ingest(folder.warehouse, received=9, landed=landed, unchanged=9 - landed, seconds=1.5, **row)
    query = "select received, landed, unchanged, rejected, requests, seconds from ops.ingests"
    assert execute(folder.warehouse, query) == [(9, 4, 5, 1, 2, 1.5)]


def test_quality_results_replace_their_layer_within_the_run(folder: Any, execute: Any) -> None:
    result = {
        "layer": "raw",
        "check": "keys",
        "table": "t",
        "severity": "block",
        "outcome": "fail",
        "observed": "'; --",
    }
    fixed = {**result, "outcome": "pass", "expected": "0"}
    for run_id, results in (("r0", [result]), ("r1", [result, result]), ("r1", [{**result, "layer": "core"}, fixed])):
        ledger.record_quality(folder.warehouse, run_id=run_id, checked_at=NOW, results=results)
    ledger.record_quality(folder.warehouse, run_id="r1", checked_at=NOW, results=[])
    query = "select run_id, layer, check_name, outcome, observed, expected from ops.quality_results order by all"
    assert execute(folder.warehouse, query) == [
        ("r0", "raw", "keys", "fail", "'; --", None),
        ("r1", "core", "keys", "fail", "'; --", None),
        ("r1", "raw", "keys", "pass", "'; --", "0"),
    ]


def test_starting_up_imports_nothing_heavy() -> None:
    code = """
import sys, warehouse.layout, warehouse.lock, warehouse.publish, warehouse.build, warehouse.landing, warehouse.ledger
sys.exit(", ".join({"duckdb", "pyarrow", "pandas", "dlt", "dbt", "prefect"} & set(sys.modules)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_calendar_is_replaced_and_gone_without_events(folder: Any, execute: Any) -> None:
    walk = ("Walk", "meeting", date(2026, 6, 24), date(2026, 6, 25))
    call = ("Call", "", date(2026, 6, 1), date(2026, 6, 1))
    ledger.record_calendar(folder.warehouse, [walk, call])
    ledger.record_calendar(folder.warehouse, [walk])
    assert execute(folder.warehouse, "select event, kind, start_date, end_date from ops.calendar") == [walk]
    ledger.record_calendar(folder.warehouse, [])
    assert execute(folder.warehouse, "select table_name from duckdb_tables() where table_name = 'calendar'") == []
