"""The merge: what changed becomes a version, once, whatever the order and however often it lands."""

from datetime import datetime
from typing import Any

import pytest

from warehouse.build import StreamDeclaration, prepare
from warehouse.landing import Merged, merge

LOADED = datetime(2024, 3, 1)
NAMES = {"source": "square", "platform": "plaza"}
VERSIONS = "select text, seq from raw_plaza.messages order by room, id, observed_at, run_id, seq"


def run(folder: Any, run_id: str = "r1") -> dict[str, Merged]:
    return merge(folder.warehouse, run_id=run_id, loaded_at=LOADED, **NAMES)


def test_only_changes_become_versions(folder: Any, land: Any, message: Any, execute: Any) -> None:
    land(folder.warehouse, "messages", [message(1, text="a"), message(2, text="a"), message(3, text="b")])
    assert run(folder)["messages"] == Merged(3, 2, 1)
    land(folder.warehouse, "messages", [message(4, text="b"), message(5, text="a"), message(6, text="a", id=2)])
    assert run(folder)["messages"] == Merged(3, 2, 1)
    assert execute(folder.warehouse, VERSIONS) == [("a", 1), ("b", 3), ("a", 5), ("a", 6)]


def test_landing_is_empty_after_and_a_second_merge_receives_nothing(
    folder: Any, land: Any, message: Any, execute: Any
) -> None:
    land(folder.warehouse, "messages", [message(1, text="a")])
    run(folder)
    assert execute(folder.warehouse, "select count(*) from landing_square.messages") == [(0,)]
    assert run(folder) == {"messages": Merged(0, 0, 0)}


def test_a_package_loaded_twice_adds_nothing(folder: Any, land: Any, message: Any, execute: Any) -> None:
    package = [message(1, text="a"), message(2, text="b"), message(3, text="a"), message(1, text="x", id=2)]
    land(folder.warehouse, "messages", package + package)
    assert run(folder)["messages"] == Merged(8, 4, 4)
    land(folder.warehouse, "messages", package)
    assert run(folder)["messages"] == Merged(4, 0, 4)
    assert execute(folder.warehouse, VERSIONS) == [("a", 1), ("b", 2), ("a", 3), ("x", 1)]


def test_a_late_older_observation_is_compared_with_the_version_before_it(
    folder: Any, land: Any, message: Any, execute: Any
) -> None:
    land(folder.warehouse, "messages", [message(1, text="a"), message(9, text="b")])
    run(folder)
    late = [message(0, text="first"), message(4, text="a"), message(5, text="between"), message(12, text="b")]
    land(folder.warehouse, "messages", late)
    assert run(folder)["messages"] == Merged(4, 2, 2)
    assert execute(folder.warehouse, VERSIONS) == [("first", 0), ("a", 1), ("between", 5), ("b", 9)]


def test_place_is_moment_then_run_then_seq(folder: Any, land: Any, message: Any, execute: Any) -> None:
    same = {"observed_at": "2024-01-01 00:00:00+00"}
    rows = [message(7, "r1", text="a"), message(3, "r2", text="b"), message(9, "r2", text="a")]
    land(folder.warehouse, "messages", [{**row, **same} for row in reversed(rows)])
    run(folder)
    assert execute(folder.warehouse, VERSIONS) == [("a", 7), ("b", 3), ("a", 9)]


def test_sources_of_one_platform_do_not_mix(folder: Any, land: Any, message: Any, execute: Any) -> None:
    land(folder.warehouse, "messages", [message(1, text="a")])
    run(folder)
    land(folder.warehouse, "messages", [message(2, text="a")], source="other")
    merged = merge(folder.warehouse, source="other", platform="plaza", run_id="r1", loaded_at=LOADED)
    assert merged["messages"] == Merged(1, 1, 0)
    assert execute(folder.warehouse, "select distinct source from raw_plaza.messages order by 1") == [
        ("other",),
        ("square",),
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"text": None}, {"text": "null"}),
        ({"text": None}, {"text": ""}),
        ({"text": "a", "other": None}, {"text": None, "other": "a"}),
        ({"other": "x", "text": "yroom=hall"}, {"other": "xroom=halltext=y"}),
        ({"other": "x", "text": "yroom=4:hall"}, {"other": "xroom=4:halltext=12:y"}),
        ({"mentions": '["a, b"]'}, {"mentions": '["a", "b"]'}),
        ({"mentions": "[]"}, {"mentions": None}),
        ({"mentions": "[null]"}, {"mentions": '["null"]'}),
        ({"mentions": '["a"]'}, {"text": '["a"]'}),
        ({"text": "a\x00b"}, {"text": "a\x00c"}),
        ({"score": 1.0}, {"score": 1.0000000000000002}),
        ({"created_at": "2024-01-01 00:00:00+00"}, {"created_at": "2024-01-01 00:00:00.000001+00"}),
        ({"is_tombstone": False}, {"is_tombstone": None}),
    ],
)
def test_versions_that_differ_are_never_taken_for_equal(
    folder: Any, land: Any, message: Any, one: dict[str, Any], two: dict[str, Any]
) -> None:
    land(folder.warehouse, "messages", [message(1, **one), message(2, **two), message(3, **two), message(4, **one)])
    assert run(folder)["messages"] == Merged(4, 3, 1)


def test_what_is_no_declared_column_makes_no_version(folder: Any, land: Any, message: Any, execute: Any) -> None:
    land(folder.warehouse, "messages", [message(1, payload='{"likes": 1}'), message(2, payload='{"likes": 2}')])
    assert run(folder)["messages"] == Merged(2, 1, 1)
    land(folder.warehouse, "messages", [message(3, score=0.0), message(4, score=-0.0)])
    assert run(folder)["messages"] == Merged(2, 1, 1)


def test_null_key_parts_compare_as_equal(folder: Any, land: Any, message: Any) -> None:
    land(folder.warehouse, "messages", [message(1, room=None, text="a")])
    run(folder)
    land(folder.warehouse, "messages", [message(2, room=None, text="a"), message(3, room="", text="a")])
    assert run(folder)["messages"] == Merged(2, 1, 1)


def test_types_come_out_as_declared(folder: Any, land: Any, message: Any, execute: Any) -> None:
    row = message(1, mentions='["ann", "bo, b"]', created_at="2024-05-05 12:00:00+02", payload="{}")
    land(folder.warehouse, "messages", [row])
    run(folder)
    columns = "mentions, created_at, payload, source, run_id, observed_at, seq, loaded_at, length(row_hash)"
    assert execute(folder.warehouse, f"select {columns} from raw_plaza.messages") == [
        (["ann", "bo, b"], datetime(2024, 5, 5, 10), "{}", "square", "r1", datetime(2024, 1, 1, 1), 1, LOADED, 32)
    ]


def test_a_column_declared_later_makes_no_versions_by_itself(folder: Any, land: Any, execute: Any) -> None:
    row = {"id": 1, "name": "ann", "observed_at": "2024-01-01 00:00:00+00", "run_id": "r1", "seq": 1}
    land(folder.warehouse, "accounts", [row])
    run(folder)
    columns = {"id": "bigint", "name": "varchar", "is_deleted": "boolean", "bio": "varchar"}
    prepare(folder.warehouse, {"plaza": {"accounts": StreamDeclaration(columns, ("id",))}})
    land(folder.warehouse, "accounts", [{**row, "seq": 2}])
    assert run(folder)["accounts"] == Merged(1, 0, 1)
    execute(folder.warehouse, "alter table landing_square.accounts add column bio varchar")
    land(folder.warehouse, "accounts", [{**row, "seq": 3, "bio": "hello"}])
    assert run(folder)["accounts"] == Merged(1, 1, 0)
