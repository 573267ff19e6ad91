"""What the gate says and leaves: one line a check, a JSON file, a page that renders offline, a free database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.gate import CheckResult, blocked
from expectations.page import page

Gate = Callable[..., list[CheckResult]]
RUN = "20240630T120000Z-test"


def one(results: list[CheckResult], check: str) -> CheckResult:
    found = [result for result in results if result.check == check]
    assert len(found) == 1
    return found[0]


def test_blocked_line_names_check_count_and_where_to_look(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "insert into marts.fct_messages from marts.fct_messages where message_key in ('x4', 'x7', 'x8')")
    result = one(gate(database, "core"), "message_key_unique")
    assert result.line() == (
        "blocked by core.fct_messages message_key_unique: 3 rows, expected 0 — look at"
        " select message_key, count(*) from marts.fct_messages group by all having count(*) > 1"
    )
    assert result.blocks


def test_warning_does_not_block(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "delete from raw.coverage")
    results = gate(database, "raw")
    assert one(results, "source_fresh").line().startswith("warning from raw.coverage source_fresh: 1 row, expected 0")
    assert blocked(results) == []


def test_line_stays_one_line_of_bounded_length(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "delete from marts.fct_member_days")
    line = one(gate(database, "core"), "messages_add_up").line()
    assert "\n" not in line
    assert len(line) < 400
    assert line.endswith("…")


def test_results_are_written_as_json_and_page(gate: Gate, database: Path, tmp_path: Path, plant: Any) -> None:
    plant(database, "update marts.engagement_daily set wau = 99")
    results = gate(database, "marts")
    content = json.loads((tmp_path / "quality" / RUN / "marts.json").read_text())
    assert content["passed"] is False
    assert content["run_id"] == RUN
    assert [CheckResult(**check) for check in content["checks"]] == results
    html = (tmp_path / "quality" / RUN / "marts.html").read_text()
    assert "BLOCKED" in html
    assert "windows_nested" in html


def test_page_escapes_and_requests_nothing() -> None:
    nasty = "<script>alert(1)</script>"
    result = CheckResult("marts", nasty, nasty, "block", "fail", nasty, nasty, nasty, nasty)
    html = page("marts", nasty, datetime(2024, 6, 30), [result])
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 7
    assert "default-src 'none'" in html
    assert not re.search(r"(src|href)=|url\(|@import|https?:", html)


def test_results_hold_no_data_of_persons(gate: Gate, database: Path, tmp_path: Path, plant: Any) -> None:
    plant(database, "update marts.dim_members set role = 'secretive', status = 'secretive', member_key = 'secretive'")
    extra = [{"layer": "core", "table": "marts.dim_members", "name": "cast", "says": "-", "where": "role::int = 1"}]
    results = gate(database, "core", extra=extra)
    assert "not measurable (ConversionException)" in one(results, "cast").line()
    for name in ("core.json", "core.html"):
        assert "secretive" not in (tmp_path / "quality" / RUN / name).read_text()


def test_database_can_be_written_right_after(gate: Gate, database: Path, previous: Path) -> None:
    for layer in ("raw", "core", "marts"):
        gate(database, layer, previous=previous)
        for path in (database, previous / "community.duckdb"):
            with duckdb.connect(str(path)) as connection:
                connection.execute("create or replace table scratch as select 1 as one")


def test_gate_leaves_nothing_beside_the_database(gate: Gate, database: Path) -> None:
    before = database.read_bytes()
    gate(database, "core")
    assert database.read_bytes() == before
    assert sorted(path.name for path in database.parent.iterdir()) == ["quality", "warehouse.duckdb"]
