"""The build database: created whole or not at all, grown additively, configured in one transaction."""

import random
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse.build import StreamDeclaration, prepare, write_configuration
from warehouse.errors import WarehouseError
from warehouse.layout import DataFolder

ONE = {"plaza": {"messages": StreamDeclaration({"id": "bigint", "text": "varchar"}, ("id",))}}
CREATE = """
import sys
from pathlib import Path
from warehouse.build import StreamDeclaration, prepare
import duckdb
declarations = {"plaza": {f"s{n}": StreamDeclaration({"id": "bigint"}, ("id",)) for n in range(40)}}
print("ready", flush=True)
prepare(Path(sys.argv[1]), declarations)
"""


def test_only_the_owner_can_enter_or_read(tmp_path: Path) -> None:
    wide = tmp_path / "data"
    wide.mkdir(mode=0o755)
    folder = DataFolder(wide)
    folder.prepare()
    prepare(folder.warehouse, ONE)
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert folder.warehouse.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in wide.iterdir()} >= {"snapshots", "reports", "quality", "dlt", "prefect"}


def test_preparing_again_changes_nothing(tmp_path: Path, execute: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    shape = "select table_schema, table_name, column_name, data_type from information_schema.columns order by all"
    prepare(path, ONE)
    before = execute(path, shape)
    prepare(path, ONE)
    assert execute(path, shape) == before
    assert execute(path, "select count(*) from raw.declarations") == [(2,)]
    assert ("raw_plaza", "messages", "row_hash", "VARCHAR") in before


def test_a_new_declared_column_is_added_and_old_rows_stay(tmp_path: Path, execute: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    prepare(path, ONE)
    execute(path, "insert into raw_plaza.messages (id, text, source) values (1, 'kept', 'square')")
    wider = StreamDeclaration({"id": "bigint", "text": "varchar", "tags": "varchar[]"}, ("id",))
    prepare(path, {"plaza": {"messages": wider, "extra": ONE["plaza"]["messages"]}})
    assert execute(path, "select id, text, tags, source from raw_plaza.messages") == [(1, "kept", None, "square")]
    assert execute(path, "select count(*) from raw_plaza.extra") == [(0,)]


def test_a_changed_type_is_refused_and_nothing_changes(tmp_path: Path, execute: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    prepare(path, ONE)
    other = StreamDeclaration({"id": "varchar", "new": "bigint"}, ("id",))
    with pytest.raises(WarehouseError, match=r"raw_plaza\.messages\.id is BIGINT .* declared VARCHAR"):
        prepare(path, {"aside": ONE["plaza"], "plaza": {"messages": other}})
    assert execute(path, "select count(*) from duckdb_schemas() where schema_name = 'raw_aside'") == [(0,)]


@pytest.mark.parametrize(
    ("columns", "key", "words"),
    [
        ({"id": "decimal"}, ("id",), "is declared DECIMAL"),
        ({'id"; drop': "bigint"}, ('id"; drop',), "cannot name"),
        ({"id": "bigint"}, ("other",), "with key"),
        ({"id": "bigint"}, (), "with key"),
        ({"id": "bigint", "seq": "bigint"}, ("id",), "every version carries"),
    ],
)
def test_a_declaration_raw_cannot_hold_is_refused(
    tmp_path: Path, columns: dict[str, str], key: tuple[str, ...], words: str
) -> None:
    with pytest.raises(WarehouseError, match=words):
        prepare(tmp_path / "warehouse.duckdb", {"plaza": {"messages": StreamDeclaration(columns, key)}})
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_configuration_replaces_what_was_there(folder: Any, execute: Any) -> None:
    source = ("square", "plaza", "own", datetime(2024, 1, 1), True, None)
    nasty = "'; drop table raw.staff; --"
    for _ in range(2):
        write_configuration(
            folder.warehouse,
            [source],
            {"timezone": "Europe/Paris", "locale": "fr"},
            [{"source": "square", "account": nasty}],
            [],
            [{"source": "square", "observed_from": datetime(2024, 2, 1), "reason": "outage"}],
        )
    assert execute(folder.warehouse, "from raw.sources") == [source]
    assert execute(folder.warehouse, "from raw.staff") == [("square", nasty)]
    assert execute(folder.warehouse, "from raw.settings order by key") == [
        ("locale", "fr"),
        ("timezone", "Europe/Paris"),
    ]
    assert execute(folder.warehouse, "from raw.gaps") == [("square", None, datetime(2024, 2, 1), None, "outage")]
    write_configuration(folder.warehouse, [], {}, [], [], [])
    assert execute(folder.warehouse, "select count(*) from raw.sources") == [(0,)]


def test_a_bad_row_leaves_the_old_configuration(folder: Any, execute: Any) -> None:
    write_configuration(folder.warehouse, [], {"locale": "fr"}, [("square", "ann")], [], [])
    with pytest.raises(WarehouseError, match=r"raw\.bots has no column acount"):
        write_configuration(folder.warehouse, [], {}, [], [{"source": "square", "acount": "x"}], [])
    with pytest.raises(WarehouseError, match=r"raw\.staff has not its 2 values"):
        write_configuration(folder.warehouse, [], {}, [("square", "ann", "more")], [], [])
    assert execute(folder.warehouse, "from raw.staff") == [("square", "ann")]
    assert execute(folder.warehouse, "from raw.settings") == [("locale", "fr")]


def test_a_creation_killed_at_any_moment_can_be_repeated(tmp_path: Path, child: Any, execute: Any) -> None:
    dice = random.Random(7)
    for attempt in range(4):
        path = tmp_path / f"{attempt}.duckdb"
        process = child(CREATE, path)
        time.sleep(dice.uniform(0, 0.15))
        process.kill()
        process.wait()
        prepare(path, ONE)
        assert execute(path, "select count(*) from raw_plaza.messages") == [(0,)]
        assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith(str(attempt))) == [path.name]


def test_a_build_database_is_whole_from_the_moment_it_is_there(tmp_path: Path, child: Any, execute: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    process = child(CREATE, path)
    while not path.exists():
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert execute(path, "select count(*) from duckdb_tables() where schema_name = 'raw_plaza'") == [(40,)]
