"""Around the merge: quarantine and coverage, what is known, kills, and what dlt really lands."""

import random
import shutil
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from warehouse.errors import WarehouseError
from warehouse.landing import Merged, known, merge

LOADED = datetime(2024, 3, 1)
NAMES = {"source": "square", "platform": "plaza"}
MERGE = """
import sys
from datetime import datetime
from pathlib import Path
from warehouse.landing import merge
import duckdb, warehouse.connect
print("ready", flush=True)
merge(Path(sys.argv[1]), source="square", platform="plaza", run_id="r1", loaded_at=datetime(2024, 3, 1))
"""


def run(folder: Any, run_id: str = "r1") -> dict[str, Merged]:
    return merge(folder.warehouse, run_id=run_id, loaded_at=LOADED, **NAMES)


def test_rejected_rows_and_coverage_move_once(folder: Any, land: Any, execute: Any) -> None:
    reject = {"stream": "messages", "run_id": "r1", "column": None, "reason": "no id", "record_hash": "h"}
    rejects = [reject, {**reject, "column": "text"}, {**reject, "record_hash": "i"}, {**reject, "run_id": "r2"}]
    span = {
        "stream": "messages",
        "run_id": "r1",
        "observed_from": "2024-01-01 00:00:00+00",
        "observed_to": "2024-02-01 00:00:00+00",
    }
    spans = [span, {**span, "reason": "cap"}, {**span, "observed_to": None}]
    for _ in range(2):
        land(folder.warehouse, "rejected", rejects + rejects)
        land(folder.warehouse, "coverage", spans + spans)
        assert run(folder) == {}
    assert execute(folder.warehouse, "select count(*), count(distinct rejected_at) from raw.rejected") == [(4, 1)]
    query = "select distinct source, platform, rejected_at from raw.rejected"
    assert execute(folder.warehouse, query) == [("square", "plaza", LOADED)]
    assert execute(folder.warehouse, "select count(*), min(recorded_at) from raw.coverage") == [(3, LOADED)]
    assert execute(folder.warehouse, "select count(*) from landing_square.rejected") == [(0,)]


def test_rows_of_an_undeclared_stream_stop_the_merge_and_stay(
    folder: Any, land: Any, message: Any, execute: Any
) -> None:
    land(folder.warehouse, "messages", [message(1, text="a")])
    execute(folder.warehouse, "create table landing_square.polls as select 1 as id")
    with pytest.raises(WarehouseError, match=r"landing_square\.polls is no declared stream of plaza"):
        run(folder)
    assert execute(folder.warehouse, "select count(*) from landing_square.messages") == [(1,)]
    assert execute(folder.warehouse, "select count(*) from raw_plaza.messages") == [(0,)]


def test_merging_a_source_that_never_landed_is_nothing(folder: Any) -> None:
    assert run(folder) == {}
    with pytest.raises(WarehouseError, match="cannot name"):
        merge(folder.warehouse, source="x; drop", platform="plaza", run_id="r", loaded_at=LOADED)
    with pytest.raises(WarehouseError, match="knows no platform bazaar"):
        merge(folder.warehouse, source="x", platform="bazaar", run_id="r", loaded_at=LOADED)


def test_known_leaves_out_what_its_latest_version_calls_gone(folder: Any, land: Any, message: Any) -> None:
    rows = [
        message(1, id=1, text="here"),
        message(1, id=2, text="deleted"),
        message(2, id=2, is_tombstone=True),
        message(1, id=3, is_tombstone=True),
        message(2, id=3, text="restored"),
    ]
    land(folder.warehouse, "messages", rows)
    run(folder)
    table = known(folder.warehouse, stream="messages", **NAMES)
    assert sorted(table.to_pylist(), key=lambda row: row["id"]) == [
        {"room": "hall", "id": 1},
        {"room": "hall", "id": 3},
    ]
    empty = known(folder.warehouse, stream="accounts", **NAMES)
    assert (empty.num_rows, empty.column_names) == (0, ["id"])
    with pytest.raises(WarehouseError, match="declares no stream polls"):
        known(folder.warehouse, stream="polls", **NAMES)


def test_a_merge_killed_at_any_moment_can_be_repeated(folder: Any, child: Any, execute: Any, land: Any) -> None:
    rows = """insert into landing_square.messages (room, id, text, run_id, observed_at, seq)
        select 'hall', range % 5000, range % 7, 'r1', timestamptz '2024-01-01' + to_seconds(range), range
        from range(15000)"""
    land(folder.warehouse, "messages", [])
    execute(folder.warehouse, rows, rows)
    start = folder.warehouse.with_name("start.duckdb")
    shutil.copy(folder.warehouse, start)
    began = time.monotonic()
    assert run(folder)["messages"].received == 30_000
    length = time.monotonic() - began
    content = """select count(*), count(distinct (room, id, seq)), bit_xor(hash(id, text, seq, row_hash))
        from raw_plaza.messages"""
    expected = execute(folder.warehouse, content)
    dice = random.Random(11)
    for _ in range(4):
        shutil.copy(start, folder.warehouse)
        process = child(MERGE, folder.warehouse)
        time.sleep(dice.uniform(0, length))
        process.kill()
        process.wait()
        merged = run(folder)["messages"]
        assert merged.received in (0, 30_000)
        assert execute(folder.warehouse, content) == expected
        assert execute(folder.warehouse, "select count(*) from landing_square.messages") == [(0,)]


def test_what_dlt_lands_is_understood_and_landing_stays_loadable(
    folder: Any, tmp_path: Any, execute: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("DLT_PROJECT_DIR", str(tmp_path))
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # nobody's zone may shift a moment
    import dlt
    import pyarrow as pa

    moment = datetime(2024, 1, 1, 5)
    pipeline = dlt.pipeline(
        "muster_square",
        pipelines_dir=str(tmp_path / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder.warehouse)),
        dataset_name="landing_square",
    )
    for attempt in range(2):
        columns = {
            "room": ["hall"],
            "id": [1],
            "text": ["a"],
            "mentions": pa.array([["x, y"]], pa.list_(pa.string())),
            "created_at": pa.array([moment], pa.timestamp("us")),
            "payload": ["{}"],
            "source": ["square"],
            "run_id": [f"r{attempt}"],
            "observed_at": pa.array([moment + timedelta(days=attempt)], pa.timestamp("us")),
            "seq": [1],
        }
        pipeline.run(dlt.resource([pa.table(columns)], name="messages", write_disposition="append"))
        assert run(folder)["messages"] == Merged(1, 1 - attempt, attempt)
    found = execute(folder.warehouse, "select mentions, created_at, observed_at from raw_plaza.messages")
    assert found == [(["x, y"], moment, moment)]
