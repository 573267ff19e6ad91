"""Records become typed tables: whatever comes in is landed or rejected, never lost, never silently changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.features import features
from sources.streams import Features, Stamp, Stream, columns, to_table

NOW = datetime(2024, 6, 1)
STAMP = Stamp("forum", "run", NOW, 10)
STREAM = Stream(
    "messages",
    columns("id! int64, created_at! timestamp, name string, is_tombstone bool, value double, mentions list<string>"),
    key=("id",),
)
GOOD = "2024-01-01T00:00:00.123Z"


def one(column: str, value: Any) -> Any:
    """The landed value of one column, or the reason it was rejected."""
    record = {"id": 1, "created_at": GOOD} | {column: value}
    table, rejected = to_table(STREAM, [record], None, STAMP)
    assert table.num_rows + len(rejected) == 1
    return table[column][0].as_py() if table.num_rows else rejected[0].reason


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([GOOD, "1.5", "7"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
RECORD = st.fixed_dictionaries({}, optional={column.name: ANYTHING for column in STREAM.columns}) | ANYTHING


@settings(max_examples=300, deadline=None)
@given(st.lists(RECORD, max_size=8))
def test_received_is_landed_plus_rejected(records: list[Any]) -> None:
    table, rejected = to_table(STREAM, records, None, STAMP)
    assert table.num_rows + len(rejected) == len(records)
    assert table["id"].null_count == 0
    assert all(row.reason and len(row.record_hash) == 32 for row in rejected)
    landed = set(table["seq"].to_pylist())
    assert landed <= set(range(10, 10 + len(records)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([1.5, True, "x", [1], {}])), max_size=6), st.integers(0, 5)
)
def test_bad_cells_cost_only_their_own_rows(bad: list[tuple[int, Any]], good: int) -> None:
    records = [{"id": n, "created_at": GOOD} for n in range(good)] + [{"id": v, "created_at": GOOD} for _, v in bad]
    table, rejected = to_table(STREAM, records, None, STAMP)
    assert (table.num_rows, len(rejected)) == (good, len(bad))
    assert {row.column for row in rejected} <= {"id"}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("id", 1.0, "not a whole number"),
        ("id", 1.5, "not a whole number"),
        ("id", True, "not a whole number"),
        ("id", 2**63, "not a whole number"),
        ("id", "12", 12),
        ("id", None, "missing"),
        ("created_at", None, "missing"),
        ("created_at", "2024-01-01T02:00:00+02:00", datetime(2024, 1, 1)),
        ("created_at", "2024-01-01T00:00:00", "a date without a time zone"),
        ("created_at", "1704067200.000123", datetime(2024, 1, 1, 0, 0, 0, 123)),
        ("created_at", 1704067200, datetime(2024, 1, 1)),
        ("created_at", 1704067200.5, datetime(2024, 1, 1, 0, 0, 0, 500_000)),
        ("created_at", 1704067200000, "a date before 1990 or more than an hour ahead"),
        ("created_at", "1989-12-31T23:59:59Z", "a date before 1990 or more than an hour ahead"),
        (
            "created_at",
            (NOW + timedelta(hours=1, seconds=1)).isoformat() + "Z",
            "a date before 1990 or more than an hour ahead",
        ),
        ("created_at", (NOW + timedelta(minutes=59)).isoformat() + "Z", NOW + timedelta(minutes=59)),
        ("created_at", "yesterday", "not a date"),
        ("created_at", NOW, NOW),
        ("created_at", 1e300, "a date before 1990 or more than an hour ahead"),
        ("name", 7, "7"),
        ("name", True, "not text"),
        ("name", "half \ud83d emoji", "half ? emoji"),
        ("name", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("is_tombstone", "yes", "neither true nor false"),
        ("value", float("nan"), "not a number"),
        ("value", 3, 3.0),
        ("mentions", "abc", "not a list of texts"),
        ("mentions", ["a", 1], ["a", "1"]),
    ],
)
def test_cells(column: str, value: Any, expected: Any) -> None:
    assert one(column, value) == expected


def test_a_tombstone_needs_only_its_key() -> None:
    records = [{"id": 1, "is_tombstone": True}, {"is_tombstone": True}]
    table, rejected = to_table(STREAM, records, None, STAMP)
    assert table.num_rows == 1
    assert [row.column for row in rejected] == ["id"]


def test_the_payload_stays_with_its_row() -> None:
    records = [{"id": 1, "created_at": GOOD}, {"id": 2.5}, {"id": 3, "created_at": GOOD}]
    table, rejected = to_table(STREAM, records, [b"one", "two", b"three"], STAMP)
    assert table.select(["id", "payload", "seq"]).to_pylist() == [
        {"id": 1, "payload": "one", "seq": 10},
        {"id": 3, "payload": "three", "seq": 12},
    ]
    assert rejected[0].payload == "two"


def test_reasons_never_hold_the_value() -> None:
    _, rejected = to_table(STREAM, [{"id": "private words", "created_at": GOOD}], None, STAMP)
    assert "private" not in rejected[0].reason


@pytest.mark.parametrize(
    ("text", "links", "question", "mentions"),
    [
        ("Is it?", 0, True, []),
        ("你好？", 0, True, []),
        ("مرحبا؟", 0, True, []),
        ("no `a?` and ```b?\nc?```", 0, False, []),
        ("> theirs?\nmine", 0, False, []),
        ('[quote="a, post:1"]x? [quote]y?[/quote] z?[/quote] hello @Bob.', 0, False, ["bob"]),
        ("see https://x.org/?q=1 and [a](https://b.org/?x) ok", 2, False, []),
        ("have you seen https://x.org/?", 1, True, []),
        ("[https://a.b/?](https://a.b/?)", 1, False, []),
        ("![?](upload://a) @alice @Alice me@x.org", 0, False, ["alice"]),
        ("", 0, False, []),
        (None, None, None, None),
    ],
)
def test_markdown_features(text: str | None, links: int | None, question: bool | None, mentions: Any) -> None:
    found = features(Features("t", "markdown"), pa.array([text], pa.string()), None)
    values = [found[name][0].as_py() for name in ("text_length", "links_count", "has_question", "mentions")]
    assert values == [None if text is None else len(text), links, question, mentions]


@pytest.mark.parametrize(
    ("text", "links", "question", "mentions"),
    [
        ("<@U12|bob> hi? <@U34> <@U12>", 0, True, ["U12", "U34"]),
        ("&gt; theirs?\nmine", 0, False, []),
        ("&gt;&gt;&gt; theirs?\nalso theirs?", 0, False, []),
        ("<http://a.b/?x|a.b/?x> see", 1, False, []),
        ("`<@U1>?` <@U2>", 0, False, ["U2"]),
    ],
)
def test_slack_features(text: str, links: int, question: bool, mentions: list[str]) -> None:
    found = features(Features("t", "slack"), pa.array([text], pa.string()), None)
    assert [found[name][0].as_py() for name in ("links_count", "has_question", "mentions")] == [
        links,
        question,
        mentions,
    ]


def test_a_question_in_the_title_counts() -> None:
    texts, titles = pa.array(["a", "b?", "c"], pa.string()), pa.array(["x?", None, None], pa.string())
    found = features(Features("t", "markdown", "title"), texts, titles)
    assert found["has_question"].to_pylist() == [True, True, False]


@pytest.mark.parametrize("bad", ["[", "![", "](", "[quote]", "@", "`", "~~~", ">", "http://", "](http://"])
def test_hostile_texts_take_no_time(bad: str) -> None:
    begin = datetime.now()
    features(Features("t", "markdown"), pa.array([bad * 50_000]), None)
    assert datetime.now() - begin < timedelta(seconds=5)
