"""What cannot be asked blocks with one readable line; a user's own checks are picked up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from expectations.gate import CheckResult, blocked
from expectations.questions import Questions

Gate = Callable[..., list[CheckResult]]

CUSTOM = """
layer: marts
checks:
  marts.engagement_daily:
    - name: never_more_than_one
      severity: warn
      where: dau > 1
      says: a test
"""


@pytest.fixture
def custom(tmp_path: Path) -> Path:
    """A folder for a user's own suite files."""
    (tmp_path / "custom").mkdir()
    return tmp_path / "custom"


def lines(results: list[CheckResult]) -> list[str]:
    return [result.line() for result in blocked(results)]


def test_missing_table_is_one_blocking_line_and_breaks_what_needs_it(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "drop table marts.dim_channels")
    said = lines(gate(database, "core"))
    assert "blocked by core.dim_channels table_present: no such table, expected a table — look at core.yml" in said
    assert sum("dim_channels table_present" in line for line in said) == 1
    assert [line for line in said if "core.fct_messages channel_known: not measurable (Catalog Error" in line]


def test_only_the_broken_check_of_a_table_fails(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "alter table marts.fct_messages drop column edited_at")
    said = lines(gate(database, "core"))
    assert len(said) == 1  # a warning that cannot be asked blocks
    assert said[0].startswith("blocked by core.fct_messages changed_after_written: not measurable (Binder Error")


@pytest.mark.parametrize("content", [None, b"no database at all, but long enough to look like one" * 100])
def test_unreadable_database_is_a_blocking_line(gate: Gate, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.duckdb"
    if content is not None:
        path.write_bytes(content)
    said = lines(gate(path, "core"))
    assert len(said) == 1
    assert said[0].startswith("blocked by broken.duckdb database_opens:")
    assert path.exists() == (content is not None)


def test_platform_without_declared_streams_blocks(gate: Gate, database: Path, plant: Any) -> None:
    plant(database, "delete from raw.declarations where platform = 'slack_export'")
    assert [line for line in lines(gate(database, "raw")) if "raw_slack_export streams_declared" in line]


def test_users_own_file_is_picked_up(gate: Gate, clean: Path, custom: Path) -> None:
    (custom / "mine.yml").write_text(CUSTOM)
    results = gate(clean, "marts", custom=[custom])
    assert [(r.check, r.outcome, r.severity, r.observed) for r in results if r.check == "never_more_than_one"] == [
        ("never_more_than_one", "fail", "warn", "2 rows")
    ]
    assert not [result for result in gate(clean, "core", custom=[custom]) if result.check == "never_more_than_one"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("layer: marts\nchecks: [", "cannot be read as YAML"),
        ("layer: mart\nchecks: {}", "needs `layer:`"),
        ("layer: marts\ncheck: {}", "unknown key check"),
        (CUSTOM.replace("where:", "wehre:"), "unknown key wehre"),
        (CUSTOM.replace("      where: dau > 1\n", ""), "needs exactly one of"),
        (CUSTOM.replace("severity: warn", "severity: fatal"), "severity is block or warn"),
        (CUSTOM.replace("never_more_than_one", "windows_nested"), "declared twice"),
        (CUSTOM.replace("where: dau > 1", "measure: select 1"), "a measure needs `min` or `max`"),
        ("layer: marts\nchecks: {marts.dim_members: oops}", "a list of checks per table"),
        ("layer: marts\nchecks: []", "a list of checks per table"),
    ],
)
def test_broken_suite_file_blocks_and_says_why(clean: Path, custom: Path, content: str, says: str) -> None:
    (custom / "mine.yml").write_text(content)
    questions = Questions("marts", (), custom=[custom])
    assert questions.measure(clean, None, {"now": datetime(2024, 6, 30, 12), "run_id": "r"})
    said = lines(questions.failures)
    assert len(said) == 1
    assert "suite_readable" in said[0]
    assert says in said[0]
    assert "mine.yml" in said[0]


def test_extra_check_from_settings_is_asked(gate: Gate, clean: Path) -> None:
    extra = [
        {"layer": "marts", "table": "marts.dim_members", "name": "few", "says": "-", "measure": "select 7", "max": 5},
        {"layer": "marts", "table": "marts.dim_members", "name": "", "says": "-", "measure": "select 7", "max": 5},
        {"layer": "core", "table": "marts.dim_members", "name": "other", "says": "-", "where": "true"},
    ]
    said = lines(gate(clean, "marts", extra=extra))
    assert [line for line in said if "core.dim_members" in line] == []
    assert "blocked by marts.dim_members few: 7, expected at most 5 — look at select 7" in said
    assert len(said) == 2


def test_drift_is_not_asked_without_a_published_snapshot(gate: Gate, clean: Path, tmp_path: Path) -> None:
    assert not [result for result in gate(clean, "marts") if result.check.endswith("_kept")]
    assert not [result for result in gate(clean, "marts", previous=tmp_path) if result.check.endswith("_kept")]


def test_importing_the_gate_imports_nothing_heavy() -> None:
    heavy = "[m for m in ('great_expectations', 'pandas', 'numpy', 'yaml') if m in sys.modules]"
    code = f"import sys, expectations.gate; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
