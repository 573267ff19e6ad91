"""The marts in PostgreSQL, on a real server of the test's own: whole, described, readable and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from warehouse.errors import WarehouseError
from warehouse.postgres import publish_postgres

READER = "muster_reader"


def snapshot(folder: Path, *statements: str) -> Path:
    """A snapshot's community.duckdb with a table of every type and of hostile texts."""
    folder.mkdir()
    with duckdb.connect(str(folder / "community.duckdb")) as connection:
        connection.execute("create schema marts; create schema ops")
        connection.execute(
            "create table marts.days (scope varchar, day date, dau bigint, rate double, is_complete boolean,"
            " seen_at timestamp, rank integer, total decimal(18, 3), sum_of_all hugeint, names varchar[])"
        )
        connection.execute("comment on table marts.days is 'it''s a day; drop table marts.days'")
        connection.execute("comment on column marts.days.dau is 'distinct people'")
        connection.execute(
            "insert into marts.days values ('all', '2026-06-24', 169, 0.5, true, '2026-06-24 01:02:03.456789', 1,"
            " 1.5, 170141183460469231731687303715884105727, ['a']),"
            " ('\\N', null, null, null, null, null, null, null, null, null),"
            " ('a,\"b\"' || chr(10) || chr(0) || '\\.', '0044-03-15', -1, 'nan', false, null, null, null, null, null),"
            " ('', null, 0, 'infinity', null, null, null, null, null, [])"
        )
        connection.execute("create table ops.runs (run_id varchar)")
        for statement in statements:
            connection.execute(statement)
    return folder


def ask(server: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_every_type_and_text_arrives_as_it_was(postgres: str, tmp_path: Path) -> None:
    assert publish_postgres(snapshot(tmp_path / "s"), postgres, reader=READER) == {"marts.days": 4, "ops.runs": 0}
    rows = ask(
        postgres, "select scope, day::text, dau, rate, is_complete, seen_at, rank, total::text, names from marts.days"
    )
    first, null, odd, empty = rows
    assert first[:5] == ("all", "2026-06-24", 169, 0.5, True)
    assert (first[5].microsecond, *first[6:]) == (456789, 1, "1.500", "[a]")
    assert null == ("\\N", *[None] * 8)
    assert odd[:3] == ('a,"b"\n\\.', "0044-03-15", -1)
    assert odd[3] != odd[3]
    assert (empty[0], empty[2], empty[3], empty[8]) == ("", 0, float("inf"), "[]")
    total = ask(postgres, "select sum_of_all from marts.days where scope = 'all'")
    assert total[0][0] == 2**127 - 1


def test_tables_and_columns_are_described(postgres: str, tmp_path: Path) -> None:
    publish_postgres(snapshot(tmp_path / "s"), postgres, reader=READER)
    said = ask(postgres, "select obj_description('marts.days'::regclass), col_description('marts.days'::regclass, 3)")
    assert said == [("it's a day; drop table marts.days", "distinct people")]


def test_the_reader_reads_and_cannot_write(postgres: str, tmp_path: Path) -> None:
    publish_postgres(snapshot(tmp_path / "s"), postgres, reader=READER)
    with psycopg.connect(postgres) as connection:
        connection.execute(f"set role {READER}")  # type: ignore[arg-type]
        assert connection.execute("select count(*) from marts.days").fetchall() == [(4,)]
        for forbidden in ("delete from marts.days", "create table marts.mine (a int)", "drop table ops.runs"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(forbidden)  # type: ignore[arg-type]


def test_a_reader_at_work_sees_the_old_rows_until_the_new_ones_are_whole(postgres: str, tmp_path: Path) -> None:
    publish_postgres(snapshot(tmp_path / "s"), postgres, reader=READER)
    publish = "update marts.days set dau = 170 where dau = 169"
    with psycopg.connect(postgres) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        query = "select max(dau) from marts.days"
        assert reader.execute(query).fetchall() == [(169,)]
        publish_postgres(snapshot(tmp_path / "t", publish), postgres, reader=READER)
        assert reader.execute(query).fetchall() == [(169,)]
        reader.commit()
        assert reader.execute(query).fetchall() == [(170,)]


def test_what_changes_shape_is_made_anew_and_what_is_gone_goes(postgres: str, tmp_path: Path) -> None:
    more = ("alter table marts.days add column new_one bigint", "create table marts.mine as select 1 as a")
    publish_postgres(snapshot(tmp_path / "s", *more), postgres, reader=READER)
    assert ask(postgres, "select count(new_one), count(*) from marts.days") == [(0, 4)]
    assert ask(postgres, "select a from marts.mine") == [(1,)]
    publish_postgres(snapshot(tmp_path / "t"), postgres, reader=READER)
    assert ask(postgres, "select to_regclass('marts.mine')") == [(None,)]


def test_a_failure_changes_nothing_and_names_the_cause(postgres: str, tmp_path: Path) -> None:
    publish_postgres(snapshot(tmp_path / "s"), postgres, reader=READER)
    with psycopg.connect(postgres) as connection:
        connection.execute("create view public.mine as select dau from marts.days")
    try:
        changed = snapshot(
            tmp_path / "t", "insert into ops.runs values ('x')", "alter table marts.days drop column seen_at"
        )
        with pytest.raises(WarehouseError, match=r"cannot drop table marts\.days because other objects depend on it"):
            publish_postgres(changed, postgres, reader=READER)
        assert ask(postgres, "select count(*) from ops.runs") == [(0,)]
    finally:
        with psycopg.connect(postgres) as connection:
            connection.execute("drop view public.mine")


@pytest.mark.parametrize("dsn", ["postgresql://me:hush@127.0.0.1:1/x", "hush hush", "host=/nowhere password=hush"])
def test_an_address_is_never_part_of_an_error(tmp_path: Path, dsn: str) -> None:
    with pytest.raises(WarehouseError) as error:
        publish_postgres(snapshot(tmp_path / "s"), dsn, reader=READER)
    assert "hush" not in str(error.value)
    assert "publish.postgres_dsn" in str(error.value)
