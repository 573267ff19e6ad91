"""Keys compared by their hashes: what is proven is so, and what is not is asked exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from expectations.checks import Check, compile_check
from expectations.keys import KeyHashes
from expectations.scan import scan


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """Children of two parents, as many as make a difference."""
    monkeypatch.setattr("expectations.keys.FEW", 1)
    with duckdb.connect() as opened:
        opened.execute("create table parent as select i::varchar as key, i // 10 as kind from range(1000) as n(i)")
        opened.execute(
            "create table child as select (i % 1000)::varchar as key, i % 1000 // 10 as kind from range(3000) as n(i)"
        )
        yield opened


def check(table: str, **form: object) -> Check:
    return compile_check("core", table, {"name": "asked", "says": "-", **form}, "test")


UNIQUE = check("parent", unique="key")
KNOWN = check("child", references={"key": "parent.key"})
PAIR = check("child", references={"key": "parent.key", "kind": "parent.kind"})


def counted(connection: duckdb.DuckDBPyConnection, asked: Check) -> float:
    return scan(connection, asked.table, [asked], KeyHashes()).values["asked"]


@pytest.mark.parametrize("asked", [UNIQUE, KNOWN, PAIR], ids=["unique", "references", "pair"])
def test_what_holds_is_proven(connection: duckdb.DuckDBPyConnection, asked: Check) -> None:
    assert KeyHashes().prove(connection, asked)
    # and the exact question is not asked any more
    assert counted(connection, replace(asked, value="1 / 0")) == 0


@pytest.mark.parametrize(
    ("asked", "defect", "count"),
    [
        (UNIQUE, "insert into parent select * from parent where key < '2'", 112),
        (UNIQUE, "insert into parent values (null, 0), (null, 1)", 1),
        (KNOWN, "update child set key = 'x' where kind = 7", 30),
        (KNOWN, "update child set key = null where kind = 7", 0),
        (KNOWN, "delete from parent", 3000),
        (PAIR, "update child set kind = 8 where kind = 7", 30),
        (PAIR, "update child set kind = null where kind = 7", 30),
        (PAIR, "update child set kind = null, key = null where kind = 7", 0),
    ],
)
def test_what_does_not_hold_is_counted_exactly(
    connection: duckdb.DuckDBPyConnection, asked: Check, defect: str, count: int
) -> None:
    connection.execute(defect)
    assert KeyHashes().prove(connection, asked) == (count == 0)
    assert counted(connection, asked) == count


def test_keys_of_one_hash_are_no_false_alarm(connection: duckdb.DuckDBPyConnection) -> None:
    collide = replace(UNIQUE, keys="select 1::ubigint as key from parent")
    assert not KeyHashes().prove(connection, collide)
    assert counted(connection, collide) == 0


def test_a_key_of_another_type_is_still_found(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("alter table child alter key type integer")
    assert counted(connection, KNOWN) == 0


def test_of_an_empty_table_everything_holds(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("truncate child")
    assert counted(connection, KNOWN) == 0
    connection.execute("truncate parent")
    assert counted(connection, UNIQUE) == 0
