"""A micro-community in a build database of its own, and the database after one dbt build."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml  # type: ignore[import-untyped]

from sources import registry
from tests.dbt_project import recomputed
from warehouse import build

HERE = Path(__file__).parent
PROJECT = HERE.parents[1] / "dbt_project"
FIRST = datetime(2024, 3, 6)
# the models this room's tests speak of; what others build upon them has tests of its own
MODELS = [
    *("staging", "intermediate", "marts.core", "marts.engagement"),
    *("people", "messages", "coverage", "metric_catalogue", "reconciliation"),
]


def prepare(path: Path) -> None:
    """An empty build database with the raw tables of every platform that the project's models read."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    declared = {
        platform: {s.name: build.StreamDeclaration(s.duckdb_types(), s.key) for s in registry.get(platform).streams}
        for platform in project["vars"]["platforms"]
    }
    build.prepare(path, declared)


def dbt(database: Path, scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs dbt on a build database, everything it writes in `scratch`."""
    places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", scratch / "target"]
    command = [Path(sys.executable).with_name("dbt"), *arguments, *places, "--log-path", scratch, "--no-use-colors"]
    environment = {**os.environ, "MUSTER_WAREHOUSE": str(database), "DO_NOT_TRACK": "1"}
    return subprocess.run(
        [str(part) for part in command], env=environment, capture_output=True, text=True, check=False, cwd=scratch
    )


def populate(connection: duckdb.DuckDBPyConnection, seed: int = 7) -> None:
    """Forty more people who write at any hour from March to June, on the forum and in the chat."""
    chance = random.Random(seed)
    forum, chat = [], []
    for number in range(900):
        written = FIRST + timedelta(seconds=chance.randrange(106 * 86400))
        person = min(int(chance.expovariate(1 / 8)), 39)
        if chance.random() < 0.6:
            forum.append((5000 + number, 900 + number // 3, number % 3 + 1, 200 + person, written))
        else:
            chat.append((f"{written.timestamp():.0f}.{number:06d}", written, f"UR{person}"))
    connection.executemany(
        "insert into raw_discourse.messages (source, run_id, observed_at, seq, id, topic_id, post_number, post_type,"
        " user_id, created_at, version, category_id, text_length, links_count, has_question, is_tombstone)"
        " values ('forum', 'r4', '2024-06-30', 100, ?, ?, ?, 1, ?, ?, 1, 1, 1, 0, false, false)",
        forum,
    )
    connection.executemany(
        "insert into raw_slack_export.messages (source, run_id, observed_at, seq, channel_id, ts, created_at, user,"
        " text_length, links_count, has_question, is_tombstone)"
        " values ('chat', 'r1', '2024-06-21', 100, 'C2', ?, ?, ?, 1, 0, false, false)",
        chat,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The micro-community's database after one dbt build, unit tests included."""
    scratch = tmp_path_factory.mktemp("dbt")
    database = scratch / "warehouse.duckdb"
    prepare(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute((HERE / "community.sql").read_text(encoding="utf-8"))
        populate(connection)
    done = dbt(database, scratch, "build", "--indirect-selection", "cautious", "--select", *MODELS)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return database


@pytest.fixture(scope="session")
def database(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to it."""
    with duckdb.connect(str(built), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="session")
def acts(database: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every message of a person that stood, from the raw rows: source, person, day, kind."""
    return recomputed.acts(database)
