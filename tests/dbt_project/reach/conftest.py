"""Reach alone: its loops run straight on DuckDB, and its models built on hand-made core tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dbt_project.reach.community import Community
from tests.dbt_project.reach.loops import PROJECT, Loops
from tests.dbt_project.reach.places import add_college, add_forum, add_town


def run_reach(database: Path, command: str = "run", scratch: Path | None = None) -> None:
    """One dbt run of the reach models alone on a database that holds the core tables."""
    scratch = scratch or database.parent
    places = [
        "--project-dir",
        PROJECT,
        "--profiles-dir",
        PROJECT,
        "--target-path",
        scratch / "target",
        "--log-path",
        scratch,
    ]
    # two origins rather than six: the same rules in half the time
    select = ["--select", "path:models/marts/reach", "reach_backtest", "--vars", "reach_origins: 2"]
    done = subprocess.run(
        [str(part) for part in (Path(sys.executable).with_name("dbt"), command, *places, *select, "--no-use-colors")],
        env={**os.environ, "MUSTER_WAREHOUSE": str(database), "DO_NOT_TRACK": "1"},
        capture_output=True, text=True, check=False, cwd=scratch,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.fixture(scope="session")
def loops() -> Loops:
    return Loops()


@pytest.fixture(scope="session")
def community() -> Community:
    """A small town with staff, bots and odd rows; the real forum and CollegeMsg where they are at hand."""
    made = Community()
    add_town(made)
    add_forum(made)
    add_college(made)
    return made


@pytest.fixture(scope="session")
def reach(community: Community, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database after dbt built and tested the reach models, unit tests included."""
    database = community.write(tmp_path_factory.mktemp("reach") / "warehouse.duckdb")
    run_reach(database, "build")
    return database
