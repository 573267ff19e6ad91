"""Clean databases of every layer, made by hand, small and without a false alarm."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations.gate import CheckResult, Layer, validate

NOW = datetime(2024, 6, 30, 12)
RUN = "20240630T120000Z-test"
KEYS = {
    "discourse": {"messages": ("id",), "memberships": ("account_id", "scope", "scope_id", "event", "occurred_at")},
    "slack_export": {"messages": ("channel_id", "ts")},
}
_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database with raw, marts and ops in which everything holds."""
    path = tmp_path_factory.mktemp("clean") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((_HERE / "clean_raw.sql").read_text())
        connection.execute((_HERE / "clean_marts.sql").read_text())
    return path


@pytest.fixture
def database(clean: Path, tmp_path: Path) -> Path:
    """A copy of the clean database to plant defects in."""
    return Path(shutil.copy(clean, tmp_path / "warehouse.duckdb"))


@pytest.fixture
def previous(clean: Path, tmp_path: Path) -> Path:
    """A published snapshot with the clean marts."""
    (tmp_path / "snapshot").mkdir()
    shutil.copy(clean, tmp_path / "snapshot" / "community.duckdb")
    return tmp_path / "snapshot"


@pytest.fixture
def gate(tmp_path: Path) -> Callable[..., list[CheckResult]]:
    """The gate with this room's test arguments filled in."""

    def ask(database: Path, layer: Layer, **arguments: object) -> list[CheckResult]:
        given = {"run_id": RUN, "now": NOW, "quality_dir": tmp_path / "quality", "platforms": tuple(KEYS), **arguments}
        return validate(database, layer, **given)  # type: ignore[arg-type]

    return ask


@pytest.fixture
def plant() -> Callable[[Path, str], None]:
    """Runs statements on a database or a snapshot's, as a defect would be written."""

    def run(database: Path, statements: str) -> None:
        if database.is_dir():
            database = database / "community.duckdb"
        with duckdb.connect(str(database)) as connection:
            connection.execute(statements)

    return run


@pytest.fixture
def failed() -> Callable[[Sequence[CheckResult]], set[tuple[str, str]]]:
    """Gives table and name of every failed check."""
    return lambda results: {(result.table, result.check) for result in results if result.outcome == "fail"}


@pytest.fixture
def keys() -> dict[str, dict[str, tuple[str, ...]]]:
    """The key columns as a caller declares them."""
    return KEYS
