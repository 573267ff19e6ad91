"""The rules of the marts on a hand-written micro-community: each answer was reckoned by hand from community.sql."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

Rows = list[tuple[Any, ...]]


def ask(database: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return database.execute(sql).fetchall()


def test_roles_are_settled_by_flag_declaration_and_platform(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(database, "select source || ':' || account_id, role from marts.dim_accounts where role <> 'member'")
    assert dict(rows) == {
        **{"forum:-1": "system", "forum:2": "staff", "forum:3": "staff", "forum:4": "bot"},
        **{"chat:USLACKBOT": "system", "chat:UBOSS": "staff", "chat:ULEAD": "staff"},
        **{"chat:UBOT": "bot", "chat:BBRIDGE": "bot", "chat:B9": "bot"},
    }


def test_what_a_source_brought_that_is_no_longer_configured_is_in_no_mart(database: duckdb.DuckDBPyConnection) -> None:
    assert ask(database, "select count(*) from raw_files.messages where source = 'gone'") == [(1,)]
    columns = ask(
        database,
        "select schema_name || '.' || table_name, column_name from duckdb_columns() join duckdb_tables() using"
        " (schema_name, table_name) where schema_name in ('marts', 'desk', 'ops')"
        " and column_name in ('source', 'scope') and table_name <> 'ingests'",
    )
    assert {("marts.fct_messages", "source"), ("marts.engagement_daily", "scope"), ("ops.coverage", "source")} <= set(
        columns
    )
    found = {table: ask(database, f"select count(*) from {table} where {name} = 'gone'") for table, name in columns}
    assert {table for table, rows in found.items() if rows != [(0,)]} == set()


def test_whoever_is_named_anywhere_has_an_account(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(database, "select account_id from marts.dim_accounts where is_placeholder")
    named = {row[0] for row in rows if not row[0].startswith("UR") and not row[0].startswith("2")}
    assert named == {"8", "UGHOST", "UQUIET"}


def test_kinds_and_what_counts(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select message_id, kind, is_counted from marts.fct_messages where source = 'forum' and length(message_id) = 3",
    )
    system = {("106", "system", False), ("107", "system", False), ("108", "system", False), ("109", "system", False)}
    of_a_bot, deleted_that_day = ("110", "post", False), ("113", "post", False)
    assert {row for row in rows if not row[2]} == {*system, of_a_bot, deleted_that_day}
    assert {row[0] for row in rows if row[2]} == {"101", "102", "103", "104", "105", "111", "112", "114", "116"}


def test_a_tombstone_keeps_what_was_written(database: duckdb.DuckDBPyConnection) -> None:
    sql = "select local_date, deleted_at, text_length from marts.fct_messages where message_id = '112'"
    assert ask(database, sql) == [(date(2024, 3, 7), datetime(2024, 3, 17, 10), 4)]


def test_slack_subtypes_tell_who_speaks(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select m.created_at, a.account_id, m.kind, m.is_counted from marts.fct_messages as m"
        " left join marts.dim_accounts as a using (account_key)"
        " where m.source = 'chat' and m.local_date = '2024-03-05' order by all",
    )
    assert [(at.hour, *rest) for at, *rest in rows] == [
        (10, "U1", "system", False),
        (11, "U1", "post", True),
        (11, "UBOSS", "post", True),
        (12, "BBRIDGE/zed", "comment", True),
        (13, "B9", "post", False),
        (14, "USLACKBOT", "system", False),
        (15, "ULEAD", "comment", True),
        (16, "U1", "system", False),
        (17, None, "post", False),
        (18, "UBOT", "post", False),
        (19, "U1", "comment", True),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "forum",
            {
                ("1", "2", "mention"),
                ("1", "1", "mention"),
                ("1", "1", "reply"),
                ("2", "1", "thread_reply"),
                ("3", "6", "reply"),
                ("4", "1", "mention"),
                ("5", "2", "reply"),
                ("5", "7", "mention"),  # '@1' is a handle, not account 1
                ("8", "4", "reply"),
            },
        ),
        (
            "chat",
            {
                ("BBRIDGE/zed", "U1", "thread_reply"),
                ("ULEAD", "U1", "thread_reply"),
                ("U1", "UBOT", "thread_reply"),
                ("U1", "UBOSS", "mention"),
                ("U1", "UGHOST", "mention"),
                ("UBOSS", "U1", "reaction"),
                ("U1", "U1", "reaction"),
            },
        ),
    ],
)
def test_interactions_run_from_who_acts_to_who_receives(
    database: duckdb.DuckDBPyConnection, source: str, expected: set[tuple[str, str, str]]
) -> None:
    rows = ask(
        database,
        "select f.account_id, t.account_id, i.kind from marts.fct_interactions as i"
        " inner join marts.dim_accounts as f on i.from_account_key = f.account_key"
        " inner join marts.dim_accounts as t on i.to_account_key = t.account_key"
        f" where i.source = '{source}' and not regexp_matches(f.account_id, '^(2..|UR)')",
    )
    assert sorted(rows) == sorted(expected)


def test_reactions_without_times_make_no_number_that_needs_them(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(database, "select count(reactions), count(engagements), count(dau) > 0 from marts.engagement_daily")
    assert rows == [(0, 0, True)]
    assert ask(database, "select count(reactions_given), count(reactions_received) from marts.fct_member_days") == [
        (0, 0)
    ]


def test_a_reaction_taken_back_is_no_longer_stated(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select message_id, reactions_count, replies_count from marts.fct_messages"
        " where source <> 'rival' and message_id in ('101', '102', 'C1/1709636400.000100') order by all",
    )
    assert rows == [("101", 3, 1), ("102", 0, 0), ("C1/1709636400.000100", 2, 2)]


def test_coverage_keeps_only_what_was_not_made_good(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select observed_from, observed_to, reason from ops.coverage"
        " where source = 'forum' and stream = 'messages' and reason is not null order by all",
    )
    assert rows == [
        (datetime(2024, 5, 10, 22), datetime(2024, 5, 11, 22), "moved house"),
        (datetime(2024, 6, 1, 8), datetime(2024, 6, 1, 10), "API cap"),
        (datetime(2024, 6, 5, 22), datetime(2024, 6, 8, 22), "API cap"),
    ]


def test_as_of_is_the_end_of_what_is_known(database: duckdb.DuckDBPyConnection) -> None:
    rows: dict[str, datetime | None] = dict(ask(database, "select source, as_of from marts.dim_sources"))
    live = datetime(2024, 6, 30, 12)
    assert rows == {"forum": live, "chat": datetime(2024, 6, 20, 15, 30), "rival": live, "never": None}


def test_competitors_and_the_never_observed_have_no_engagement(database: duckdb.DuckDBPyConnection) -> None:
    assert ask(database, "select distinct scope from marts.engagement_daily order by all") == [
        ("all",),
        ("chat",),
        ("forum",),
    ]
    assert ask(database, "select count(*) from marts.fct_messages where source = 'rival'") == [(1,)]


def test_windows_say_what_they_miss(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select local_date, dau is null, wau is null, mau is null, is_complete, is_wau_complete, is_mau_complete"
        " from marts.engagement_daily where scope = 'forum' and population = 'members'"
        " and local_date in ('2024-05-10', '2024-05-11', '2024-05-17', '2024-05-18', '2024-06-01', '2024-06-02',"
        " '2024-06-08', '2024-06-15') order by all",
    )
    assert rows == [
        (date(2024, 5, 10), False, False, False, True, True, True),
        (date(2024, 5, 11), True, True, False, False, False, False),
        (date(2024, 5, 17), False, True, False, True, False, False),  # one day of seven
        (date(2024, 5, 18), False, False, False, True, True, False),
        (date(2024, 6, 1), True, False, False, False, False, False),  # two hours of seven days
        (date(2024, 6, 2), False, False, False, True, False, False),
        (date(2024, 6, 8), True, True, True, False, False, False),
        (date(2024, 6, 15), False, False, True, True, True, False),  # three days and two hours of 28
    ]


def test_members_are_those_the_platform_last_stated(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select local_date, members_count, round(engaged_per_member - dau / members_count, 12)"
        " from marts.engagement_daily where scope = 'forum' and population = 'everyone'"
        " and local_date in ('2024-04-19', '2024-04-20', '2024-05-19', '2024-05-20') order by all",
    )
    assert rows == [
        (date(2024, 4, 19), None, None),
        (date(2024, 4, 20), 100, 0),
        (date(2024, 5, 19), 100, 0),
        (date(2024, 5, 20), 120, 0),
    ]
    # the chat states none, so together they state none
    assert ask(database, "select count(members_count) from marts.engagement_daily where scope <> 'forum'") == [(0,)]


def test_members_standing(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select a.source || ':' || a.account_id, m.status, m.tier from marts.dim_members as m"
        " inner join marts.dim_accounts as a using (member_key) where not regexp_matches(a.account_id, '^(2..|UR)')",
    )
    standing = {account: (status, tier) for account, status, tier in rows}
    assert standing["chat:U1"] == ("active", "occasional")
    assert standing["forum:5"] == ("banned", "observer")
    assert standing["forum:6"] == ("left", "observer")
    assert standing["chat:UEX"] == ("left", "observer")
    # four days of the forum's last 28 were not observed: silence there is not known
    assert standing["forum:9"][0] == "unknown"
    assert standing["chat:ULEAD"] == ("silent", "observer")
    assert standing["chat:UBOT"] == ("unknown", None)


def test_names_and_texts_stay_on_the_desk(database: duckdb.DuckDBPyConnection) -> None:
    columns = ask(
        database,
        "select distinct column_name from duckdb_columns() where schema_name = 'marts'"
        " and column_name in ('handle', 'display_name', 'name', 'title', 'text', 'excerpt', 'url', 'label')",
    )
    assert columns == []
    sql = (
        "select title, excerpt, url from desk.messages inner join marts.fct_messages using (message_key)"
        " where source = 'forum' and message_id in ('101', '102', '112') order by message_id"
    )
    assert ask(database, sql) == [
        ("New title", "Why not?", "https://forum.example.org/t/10/1"),
        ("New title", "Because. Is it?", "https://forum.example.org/t/10/2"),
        ("Late", None, "https://forum.example.org/t/13/1"),
    ]
    people = ask(database, "select label, handles, links from desk.people where label = 'Alice L.'")
    assert people == [("Alice L.", ["forum:Alice"], ["https://forum.example.org/u/Alice"])]


def test_the_catalogue_has_every_metric_of_the_daily_mart(database: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        database,
        "select column_name from ops.metric_catalogue where table_name = 'marts.engagement_daily' order by all",
    )
    assert {("dau",), ("er_by_views",)} < set(rows)
    incomplete = "least(length(label_en), length(label_fr), length(label_ru), length(formula)) < 2"
    assert ask(database, f"select metric from ops.metric_catalogue where {incomplete}") == []


def test_columns_are_described_in_the_database(database: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select table_name || '.' || column_name from duckdb_columns()"
        " where schema_name in ('marts', 'desk') and (comment is null or comment = '')"
    )
    assert ask(database, sql) == []
