"""Publication beside readers, kills and failures: one whole snapshot serves at every moment."""

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.publish import current, publish

NOW = datetime(2024, 3, 1, 12)
PUBLISH = """
import sys
from datetime import datetime
from pathlib import Path
from warehouse.layout import DataFolder
from warehouse.lock import exclusive
from warehouse.publish import publish
import duckdb
folder, now = DataFolder(Path(sys.argv[1])), datetime(2024, 3, 2)
with exclusive(folder, now):
    print("ready", flush=True)
    for n in range(100):
        publish(folder, run_id=f"{sys.argv[2]}-{n}", now=now, data_as_of=None, gate=[], versions={}, keep=2)
"""
READ = """
import sys, time
from pathlib import Path
import duckdb
serving = Path(sys.argv[1]) / "serving"
print("ready", flush=True)
sums = []
while not select_stop():
    with duckdb.connect(str(serving.resolve() / "community.duckdb"), read_only=True) as connection:
        sums.append(connection.execute("select count(*) + sum(day) from marts.days").fetchone()[0])
    time.sleep(0.02)
print(len(sums), sorted(set(sums)))
""".replace("select_stop()", "__import__('select').select([sys.stdin], [], [], 0)[0]")


def send(folder: Any, run_id: str, now: datetime = NOW, **more: Any) -> Path:
    return publish(folder, run_id=run_id, now=now, data_as_of=NOW, gate=[], versions={}, **more)


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_an_open_reader_keeps_what_it_sees(filled: Any) -> None:
    folder = filled(5)
    with duckdb.connect(str(send(folder, "r1") / "community.duckdb"), read_only=True) as reader:
        filled(9)
        snapshot = send(folder, "r2", NOW + timedelta(days=1), keep=1)  # deletes the files below the reader
        assert reader.execute("select count(*), max(word) from marts.days").fetchone() == (5, "it's")
    assert query(snapshot / "community.duckdb", "select count(*) from marts.days") == [(9,)]


def test_a_reader_process_at_work_sees_one_snapshot_or_the_next(filled: Any, child: Any) -> None:
    folder = filled(1000)
    send(folder, "r0")
    reader = child(READ, folder.root)
    for n in range(1, 5):
        filled(1000 + n % 2)
        send(folder, f"r{n}", NOW + timedelta(days=n), keep=3)
    said, _ = reader.communicate("stop\n")
    reads, sums = said.split(" ", 1)
    assert int(reads) > 3
    assert set(json.loads(sums)) <= {1000 + sum(range(1000)), 1001 + sum(range(1001))}
    assert reader.returncode == 0


def test_killed_at_any_moment_a_whole_snapshot_serves_and_the_next_run_cleans_up(filled: Any, child: Any) -> None:
    folder = filled(3000)
    send(folder, "r0")
    dice = random.Random(5)
    for attempt in range(6):
        process = child(PUBLISH, folder.root, f"k{attempt}")
        time.sleep(dice.uniform(0.02, 0.6))
        process.kill()
        process.wait()
        serving = current(folder)
        assert serving is not None
        check_whole(serving)
    final = send(folder, "k5-0", NOW + timedelta(days=9), keep=2)
    check_whole(final)
    names = {path.name for path in folder.snapshots.iterdir()}
    assert len(names) == 2
    assert not [name for name in names if name.startswith(".")]
    assert not [path.name for path in folder.root.iterdir() if path.name.startswith(".")]


def check_whole(snapshot: Path) -> None:
    tables = json.loads((snapshot / "manifest.json").read_text())["tables"]
    assert tables["marts.days"] == 3000
    for label, rows in tables.items():
        file = "desk" if label.startswith("desk.") else "community"
        assert query(snapshot / f"{file}.duckdb", f"select count(*) from {file}.{label}") == [(rows,)]
        if file == "community":
            parquet = str(snapshot / "parquet" / f"{label.split('.')[1]}.parquet")
            assert duckdb.execute("select count(*) from read_parquet(?)", [parquet]).fetchone() == (rows,)


def test_a_failed_publication_leaves_the_one_before(filled: Any, execute: Any) -> None:
    folder = filled(5)
    first = send(folder, "r1")
    execute(folder.warehouse, "create table ops.days as select 1 as a")
    with pytest.raises(WarehouseError, match=r"ops\.days has the name of another"):
        send(folder, "r2")
    assert current(folder) == first
    execute(folder.warehouse, "drop table ops.days")
    send(folder, "r3")
    assert sorted(path.name for path in folder.snapshots.iterdir()) == ["r1", "r3"]


def test_the_newest_are_kept_and_what_serves_always(filled: Any) -> None:
    folder = filled(5)
    (folder.snapshots / "notes").mkdir()
    for n in range(5):
        send(folder, f"r{n}", NOW + timedelta(days=n), keep=3)
    assert sorted(path.name for path in folder.snapshots.iterdir()) == ["notes", "r2", "r3", "r4"]
    late = send(folder, "r5", NOW - timedelta(days=9), keep=1)  # a clock that went back
    assert current(folder) == late
    assert sorted(path.name for path in folder.snapshots.iterdir()) == ["notes", "r5"]
    with pytest.raises(WarehouseError, match="keep at least 1"):
        send(folder, "r6", keep=0)
