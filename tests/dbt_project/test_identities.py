"""Links between accounts: what they change in the marts, and that one withdrawn was never there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project import in_memory
from tests.dbt_project.conftest import MODELS, dbt

LISTED = [("forum", "Alice", "p1"), ("chat", "U1", "p1"), ("forum", "5", "p2"), ("chat", "ULEAD", "p2")]
# a person's bot, and an account of theirs in the same place
LISTED += [("chat", "UBOT", "p1"), ("forum", "6", "p1")]
SELECT = ["--select", *(f"int_account_ties+,{model}" for model in MODELS)]


def rows(path: Path, schema: str) -> dict[str, list[tuple[object, ...]]]:
    """Every table of a schema, sorted."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as {in_memory.CATALOG} (read_only)")
        return in_memory.rows(connection, (schema,))


def rebuilt(path: Path, listed: list[tuple[str, str, str]]) -> None:
    """The models anew, with these identities."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from raw.identities")
        for one in listed:
            connection.execute("insert into raw.identities values (?, ?, ?, '2024-07-01')", one)
    done = dbt(path, path.parent, "run", *SELECT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.fixture(scope="module")
def linked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("linked") / "warehouse.duckdb"
    shutil.copy(built, path)
    rebuilt(path, LISTED)
    return path


@pytest.fixture
def database(linked: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(linked), read_only=True) as connection:
        yield connection


def test_linked_accounts_are_one_person_with_a_reason_and_a_date(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(
        "select account_id, member_key, link_reason, linked_at from marts.dim_accounts where link_reason is not null"
    ).fetchall()
    persons = {account: member for account, member, _, _ in found}
    assert set(persons) == {"1", "U1", "6", "UBOT", "5", "ULEAD"}
    assert len({persons[one] for one in ("1", "U1", "6", "UBOT")}) == 1
    assert persons["1"] != persons["5"] == persons["ULEAD"]
    assert {(reason, at) for _, _, reason, at in found} == {("identities_file", datetime(2024, 7, 1))}
    keys = database.execute(
        "select min(account_key), member_key from marts.dim_accounts group by member_key"
    ).fetchall()
    assert all(smallest == member for smallest, member in keys)


def test_the_person_counts_once_in_all_and_once_in_each_place(built: Path, database: duckdb.DuckDBPyConnection) -> None:
    sql = "select scope, count(distinct member_key) from marts.fct_member_days group by scope"
    with duckdb.connect(str(built), read_only=True) as before:
        apart = dict(before.execute(sql).fetchall())
    # forum 1 and 6 are one there; with the chat's U1, and 5 with ULEAD, three fewer together
    fewer = {"forum": 1, "chat": 0, "all": 3}
    assert dict(database.execute(sql).fetchall()) == {scope: n - fewer[scope] for scope, n in apart.items()}
    [(accounts,)] = database.execute(
        "select accounts_count from marts.dim_members inner join marts.dim_accounts using (member_key)"
        " where account_id = 'U1'"
    ).fetchall()
    assert accounts == 4


def test_who_mentions_an_account_mentions_the_person(database: duckdb.DuckDBPyConnection) -> None:
    mentioned = database.execute(
        "select distinct i.to_member_key = u1.member_key from marts.fct_interactions as i"
        " inner join marts.dim_accounts as alice on i.to_account_key = alice.account_key and alice.account_id = '1'"
        " inner join marts.dim_accounts as u1 on u1.account_id = 'U1'"
        " where i.source = 'forum' and i.kind = 'mention'"
    ).fetchall()
    assert mentioned == [(True,)]


def test_staff_with_one_account_is_staff_with_all(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(
        "select a.role, p.role, m.is_by_staff, m.is_counted from marts.dim_accounts as a"
        " inner join marts.dim_members as p using (member_key)"
        " inner join marts.fct_messages as m using (account_key) where a.source = 'forum' and a.account_id = '5'"
    ).fetchall()
    assert set(found) == {("member", "staff", True, True)}


def test_a_person_s_bot_is_no_person(built: Path, database: duckdb.DuckDBPyConnection) -> None:
    bot = (
        "select p.role, m.is_counted, m.is_by_staff from marts.dim_accounts as a"
        " inner join marts.dim_members as p using (member_key)"
        " inner join marts.fct_messages as m using (account_key) where a.account_id = 'UBOT'"
    )
    assert database.execute(bot).fetchall() == [("member", False, False)]
    written = "select sum(posts + comments) from marts.fct_member_days where scope = 'all'"
    with duckdb.connect(str(built), read_only=True) as before:
        assert before.execute(written).fetchall() == database.execute(written).fetchall()


def test_no_one_receives_from_themself(database: duckdb.DuckDBPyConnection) -> None:
    [(within,)] = database.execute(
        "select count(*) from marts.fct_interactions where from_member_key = to_member_key"
        " and from_account_key <> to_account_key and kind in ('reply', 'thread_reply')"
    ).fetchall()
    assert within > 0
    received = database.execute(
        "select to_member_key, local_date, count(*) from marts.fct_interactions as i"
        " inner join marts.dim_accounts as a on i.from_account_key = a.account_key and a.role in ('member', 'staff')"
        " where from_member_key <> to_member_key and kind in ('reply', 'thread_reply')"
        " and i.source in ('forum', 'chat') group by all"
    ).fetchall()
    counts = {(member, day): number for member, day, number in received}
    for member, day, replies in database.execute(
        "select member_key, local_date, replies_received from marts.fct_member_days where scope = 'all'"
    ).fetchall():
        assert counts.get((member, day), 0) == replies


def test_a_link_withdrawn_was_never_there(built: Path, linked: Path) -> None:
    with_link = rows(linked, "marts")
    never = {schema: rows(built, schema) for schema in ("marts", "desk")}
    assert with_link != never["marts"]
    # views name the database, so that a copy must be called like it
    path = linked.parent / "withdrawn" / linked.name
    path.parent.mkdir()
    shutil.copy(linked, path)
    rebuilt(path, [])
    for schema, tables in never.items():
        found = rows(path, schema)
        assert {name: found[name] == table for name, table in tables.items()} == dict.fromkeys(tables, True)
