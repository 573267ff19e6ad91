"""What models build no more goes; what the warehouse or the models hold stays."""

from pathlib import Path

import duckdb

from warehouse import build
from warehouse.leftovers import drop_unbuilt


def test_only_what_is_no_longer_built_goes(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    build.prepare(path, {})
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema mine; create table mine.kept (n int)")
        connection.execute("create table marts.built (n int); create table ops.built (n int)")
        connection.execute('create table marts."taken ""away" (n int); create view marts.seen as from marts.built')
    built = {"marts.built", "ops.built"}
    assert drop_unbuilt(path, built) == ['marts.taken "away', "marts.seen"]
    assert drop_unbuilt(path, built) == []
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    left = {name for (name,) in names}
    assert {"marts.built", "ops.built", "ops.runs", "ops.quality_results", "raw.settings", "mine.kept"} <= left


def test_without_models_nothing_goes(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    build.prepare(path, {})
    assert drop_unbuilt(path, set()) == []
