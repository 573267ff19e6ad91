"""Publication: what a snapshot holds, who may read it, and what the manifest says."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.publish import current, publish

NOW = datetime(2024, 3, 1, 12)


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


def test_the_same_run_published_again_gets_a_folder_of_its_own(filled: Any) -> None:
    folder = filled(5)
    first, second = send(folder, "r1"), send(folder, "r1")
    assert (first.name, second.name) == ("r1", "r1-2")
    assert first.exists()
    assert current(folder) == second
    with pytest.raises(WarehouseError, match="cannot name a snapshot"):
        send(folder, "../r1")


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
