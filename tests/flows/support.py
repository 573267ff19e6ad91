"""Runs the whole flow on a folder and asks what it published."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox import discourse, example, slack_export
from sandbox.community import simulate
from sandbox.engine import Double
from sandbox.model import Community

KEY = "a key for the double"
Rows = list[tuple[Any, ...]]


def write_configuration(
    folder: Path, sources: str, timezone: str = "UTC", more: str = "", with_key: bool = False
) -> Path:
    """A muster.toml with the given [sources.*] tables, and the key of the small forum where it is wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[community]\nname = "Testers"\ntimezone = "{timezone}"\n\n{sources}\n{more}'
    (folder / "muster.toml").write_text(text, encoding="utf-8")
    if with_key:
        (folder / ".dlt").mkdir(exist_ok=True)
        secret = f'[sources.forum]\napi_key = "{KEY}"\napi_username = "system"\n'
        (folder / ".dlt" / "secrets.toml").write_text(secret, encoding="utf-8")
    return folder


def run_muster(folder: Path, now: datetime, **arguments: Any) -> Any:
    """One run of the flow on the folder's muster.toml; the Outcome, or the Failure raised."""
    from flows.pipeline import muster

    with pytest.MonkeyPatch.context() as patched:
        from dbt.cli.main import dbtRunner

        patched.setattr("dbt.cli.main.dbtRunner", partial(dbtRunner, manifest=parsed()))
        patched.setattr("flows.transform.parsing", lambda run: nullcontext())
        return muster(config=str(folder), now=now, **arguments)


@cache
def parsed() -> Any:
    """dbt's project, read once a session: every folder would read it again, since the database lies elsewhere."""
    from dbt.cli.main import dbtRunner

    from flows.transform import PROJECT

    with tempfile.TemporaryDirectory() as target:
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", target]
        outcome = dbtRunner().invoke(["parse", *places, "--log-path", target, "--log-level", "none", "--no-write-json"])
    assert outcome.success, outcome.exception
    return outcome.result


def ask(folder: Path, query: str, database: str = "community") -> Rows:
    """Rows of the published snapshot."""
    file = folder / ".muster" / "serving" / f"{database}.duckdb"
    with duckdb.connect() as connection:
        # desk.duckdb holds a schema of its own name: attached under another one, nothing is ambiguous
        connection.execute(f"attach '{file.resolve()}' as published (read_only)")
        connection.execute("use published")
        return connection.execute(query).fetchall()


def everything(folder: Path, leave_out: Callable[[str, str], bool] = lambda table, column: False) -> dict[str, Rows]:
    """All rows of all published marts and desk tables, sorted; columns that `leave_out` names are left out."""
    found: dict[str, Rows] = {}
    for database, schema in (("community", "marts"), ("desk", "desk")):
        columns = ask(
            folder,
            "select table_name, list(column_name order by ordinal_position) from information_schema.columns "
            f"where table_schema = '{schema}' group by 1 order by 1",
            database,
        )
        for table, names in columns:
            kept = ", ".join(f'"{name}"' for name in names if not leave_out(table, name))
            rows = ask(folder, f"select {kept} from {schema}.{table} order by all", database)
            found[f"{schema}.{table}"] = [tuple(map(_to_twelve_digits, row)) for row in rows]
    return found


def _to_twelve_digits(value: Any) -> Any:
    """Sums of floats depend on the order of two threads in their last digits."""
    return float(f"{value:.11e}") if isinstance(value, float) else value


@dataclass
class Places:
    """A small simulated community behind its doubles: a forum over HTTP and an export file."""

    community: Community
    forum: Double
    export: Path
    sources: str
    members: str

    def move_to(self, now: datetime) -> None:
        """The forum's clock, and a fresh export of the chat."""
        self.forum.now = now
        slack_export.write(self.community, self.export, until=now)


@contextmanager
def small_places(room: Path, now: datetime) -> Iterator[Places]:
    """A community of 150 people and 3,000 messages from 2025 on, as of `now`, reachable by the given tables."""
    community = simulate(seed=7, members=150, messages=3_000, start=datetime(2025, 1, 1), end=datetime(2025, 9, 1))
    export = slack_export.write(community, room / "workspace.zip", until=now)
    with discourse.serve(community, now=now, api_key=KEY) as forum:
        text = example.configuration(community, forum.base_url, str(export))
        sources, _, members = text[text.index("[sources.forum]") :].partition("[members]")
        yield Places(community, forum, export, sources, f"[members]{members}")
