"""Publication: a whole snapshot or the one before, whatever happens meanwhile."""

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.publish import current, publish

NOW = datetime(2024, 3, 1, 12)
FILL = """
create schema if not exists marts; create schema if not exists desk;
create or replace table marts.days as select range as day, 'it''s' as word from range({rows}) order by hash(range);
comment on table marts.days is 'Days; it''s "quoted"';
comment on column marts.days.word is 'A word; it''s one';
create or replace view marts.weeks as select day // 7 as week, count(*) as n from marts.days group by 1;
comment on view marts.weeks is 'Weeks';
comment on column marts.weeks.n is 'How many';
create or replace table marts._inner as select 1 as a;
create or replace table marts.days__dbt_tmp as select 1 as a;
create or replace table ops.secret as select 'token' as a;
create or replace table marts.keyed(id integer primary key, tags varchar[], day date);
insert into marts.keyed values (2, ['a, b'], '2024-01-01'), (1, null, null);
create or replace table desk.people as select '<script>' as label;
"""
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


@pytest.fixture
def filled(folder: Any, execute: Any) -> Callable[[int], Any]:
    """Fills the build's marts and desk with so many days."""

    def fill(rows: int) -> Any:
        execute(folder.warehouse, FILL.format(rows=rows))
        return folder

    return fill


def send(folder: Any, run_id: str, now: datetime = NOW, **more: Any) -> Path:
    return publish(folder, run_id=run_id, now=now, data_as_of=NOW, gate=[], versions={}, **more)


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_only_marts_ops_and_desk_are_published_and_nothing_private(filled: Any) -> None:
    snapshot = send(filled(20), "r1", private=["ops.secret"])
    tables = "select schema_name || '.' || table_name from duckdb_tables() order by 1"
    assert [name for (name,) in query(snapshot / "community.duckdb", tables)] == [
        "marts.days",
        "marts.keyed",
        "marts.weeks",
        "ops.ingests",
        "ops.quality_results",
        "ops.runs",
    ]
    assert query(snapshot / "desk.duckdb", tables) == [("desk.people",)]
    parquet = {path.stem for path in (snapshot / "parquet").iterdir()}
    assert parquet == {"days", "keyed", "weeks", "ingests", "quality_results", "runs"}
    assert not query(snapshot / "community.duckdb", "select 1 from duckdb_views() where not internal")
    assert not query(snapshot / "community.duckdb", "select 1 from duckdb_constraints()")
    assert b"token" not in (snapshot / "community.duckdb").read_bytes()


def test_comments_and_content_are_carried_over_in_order(filled: Any) -> None:
    snapshot = send(filled(20), "r1")
    community = snapshot / "community.duckdb"
    comments = dict(query(community, "select table_name, comment from duckdb_tables()"))
    assert (comments["days"], comments["weeks"]) == ('Days; it\'s "quoted"', "Weeks")
    assert all(comments[table] for table in ("runs", "ingests", "quality_results"))
    columns = query(
        community, "select column_name, comment from duckdb_columns() where table_name in ('days', 'weeks')"
    )
    assert sorted(columns, key=str) == [("day", None), ("n", "How many"), ("week", None), ("word", "A word; it's one")]
    assert [day for (day,) in query(community, "select day from marts.days")] == list(range(20))
    assert query(community, "from marts.keyed")[1][1] == ["a, b"]
    file = str(snapshot / "parquet" / "days.parquet")
    assert duckdb.execute("select day from read_parquet(?)", [file]).fetchall()[3] == (3,)


def test_files_open_with_clients_from_duckdb_1_0_on(filled: Any) -> None:
    snapshot = send(filled(5), "r1")
    for name in ("community", "desk"):
        # bytes 12 to 20 of the header are the storage version: 64 is what 0.9.2 to 1.1.3 read
        assert int.from_bytes((snapshot / f"{name}.duckdb").read_bytes()[12:20], "little") == 64


def test_modes_are_private(filled: Any) -> None:
    snapshot = send(filled(5), "r1")
    assert (snapshot / "desk.duckdb").stat().st_mode & 0o777 == 0o600
    assert snapshot.stat().st_mode & 0o777 == 0o700


def test_the_manifest_says_what_was_published(filled: Any, execute: Any) -> None:
    folder = filled(20)
    execute(
        folder.warehouse,
        """insert into raw.coverage (source, stream, observed_from, observed_to, reason) values
        ('square', 'messages', '2024-01-01', '2024-02-01', null),
        ('square', 'messages', '2024-02-01', '2024-03-01', null),
        ('square', 'messages', '2024-01-10', '2024-01-12', 'cap'), ('square', null, null, '2024-01-05', null)""",
    )
    gate = [{"layer": "raw", "check": "keys", "outcome": "pass", "checked_at": NOW}]
    snapshot = publish(folder, run_id="r1", now=NOW, data_as_of=None, gate=gate, versions={"duckdb": "1"})
    manifest = json.loads((snapshot / "manifest.json").read_text())
    assert manifest.pop("tables") == {
        "desk.people": 1,
        "marts.days": 20,
        "marts.keyed": 2,
        "marts.weeks": 3,
        "ops.ingests": 0,
        "ops.quality_results": 0,
        "ops.runs": 0,
        "ops.secret": 1,
    }
    gap = {"from": "2024-01-10T00:00:00Z", "to": "2024-01-12T00:00:00Z", "reason": "cap"}
    span = {"observed_from": "2024-01-01T00:00:00Z", "observed_to": "2024-03-01T00:00:00Z", "gaps": [gap]}
    everything = {"observed_from": None, "observed_to": "2024-01-05T00:00:00Z", "gaps": []}
    assert manifest == {
        "snapshot_id": "r1",
        "run_id": "r1",
        "published_at": "2024-03-01T12:00:00Z",
        "data_as_of": None,
        "gate": [{**gate[0], "checked_at": "2024-03-01T12:00:00Z"}],
        "coverage": {"square": {"messages": span, "*": everything}},
        "versions": {"duckdb": "1"},
    }


def test_before_the_first_publication_nothing_is_current(folder: Any) -> None:
    assert current(folder) is None
    folder.serving.symlink_to("snapshots/gone")
    assert current(folder) is None


def test_serving_points_at_the_newest_by_a_relative_link(filled: Any) -> None:
    folder = filled(5)
    for n in range(3):
        snapshot = send(folder, f"r{n}", NOW + timedelta(days=n))
        assert current(folder) == snapshot
    assert str(folder.serving.readlink()) == "snapshots/r2"


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


def test_the_same_run_published_again_gets_a_folder_of_its_own(filled: Any) -> None:
    folder = filled(5)
    first, second = send(folder, "r1"), send(folder, "r1")
    assert (first.name, second.name) == ("r1", "r1-2")
    assert first.exists()
    assert current(folder) == second
    with pytest.raises(WarehouseError, match="cannot name a snapshot"):
        send(folder, "../r1")


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


def test_publishing_without_a_build_says_so(tmp_path: Path) -> None:
    from warehouse.layout import DataFolder

    folder = DataFolder(tmp_path / "it's new")
    folder.prepare()
    with pytest.raises(WarehouseError, match=r"warehouse\.duckdb does not exist"):
        send(folder, "r1")


def test_paths_with_quotes_are_no_trap(tmp_path: Path) -> None:
    from warehouse.build import prepare
    from warehouse.layout import DataFolder

    folder = DataFolder(tmp_path / 'it\'s "new"; --')
    folder.prepare()
    prepare(folder.warehouse, {})
    assert query(send(folder, "r1") / "community.duckdb", "select count(*) from ops.runs") == [(0,)]
