"""A small platform of our own, landing tables as dlt makes them, and children to kill."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.build import StreamDeclaration, prepare
from warehouse.layout import DataFolder

ROOT = Path(__file__).parents[2]
DAY = datetime(2024, 1, 1)
DECLARATIONS = {
    "plaza": {
        "messages": StreamDeclaration(
            {
                "room": "varchar",
                "id": "bigint",
                "text": "varchar",
                "other": "varchar",
                "score": "double",
                "mentions": "varchar[]",
                "created_at": "timestamp",
                "is_tombstone": "boolean",
            },
            ("room", "id"),
        ),
        "accounts": StreamDeclaration({"id": "bigint", "name": "varchar", "is_deleted": "boolean"}, ("id",)),
    }
}
# lists as JSON and zones on timestamps: so they come out of dlt
LANDING = {
    "messages": """room varchar, id bigint, text varchar, other varchar, score double, mentions json,
        created_at timestamptz, is_tombstone boolean, payload varchar, source varchar, run_id varchar,
        observed_at timestamptz, seq bigint, _dlt_load_id varchar""",
    "accounts": """id bigint, name varchar, is_deleted boolean, payload varchar, source varchar, run_id varchar,
        observed_at timestamptz, seq bigint""",
    "rejected": """stream varchar, run_id varchar, "column" varchar, reason varchar, record_hash varchar,
        payload varchar, observed_at timestamptz""",
    "coverage": """stream varchar, run_id varchar, observed_from timestamptz, observed_to timestamptz,
        reason varchar""",
}

FILL = """
create schema if not exists marts; create schema if not exists desk;
create or replace table marts.days as select range as day, 'it''s' as word from range({rows}) order by hash(range);
comment on table marts.days is 'Days; it''s "quoted"';
comment on column marts.days.word is 'A word; it''s one';
create or replace view marts.weeks as select day // 7 as week, count(*) as n from marts.days group by 1;
comment on view marts.weeks is 'Weeks';
comment on column marts.weeks.n is 'How many';
create or replace table marts._inner as select 1 as a;
create or replace table marts.days__dbt_tmp as select 1 as a;
create or replace table ops.secret as select 'token' as a;
create or replace table marts.keyed(id integer primary key, tags varchar[], day date);
insert into marts.keyed values (2, ['a, b'], '2024-01-01'), (1, null, null);
create or replace table desk.people as select '<script>' as label;
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with an empty build database."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    prepare(folder.warehouse, DECLARATIONS)
    return folder


@pytest.fixture
def execute() -> Callable[..., list[tuple[Any, ...]]]:
    """Runs SQL on a database file, in UTC, and closes it."""

    def run(path: Path, *statements: str, read_only: bool = False) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(path), read_only=read_only) as connection:
            connection.execute("set timezone = 'UTC'")
            for statement in statements[:-1]:
                connection.execute(statement)
            return connection.execute(statements[-1]).fetchall()

    return run


@pytest.fixture
def land() -> Callable[..., None]:
    """Lands rows (mappings) of one stream for source 'square', in the order given."""

    def run(path: Path, stream: str, rows: Sequence[dict[str, Any]], source: str = "square") -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"create schema if not exists landing_{source}")
            connection.execute(f"create table if not exists landing_{source}.{stream} ({LANDING[stream]})")
            for row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                connection.execute(f"insert into landing_{source}.{stream} ({names}) values ({marks})", [*row.values()])

    return run


@pytest.fixture
def message() -> Callable[..., dict[str, Any]]:
    """A landed message as observed `seq` hours after the first day."""

    def make(seq: int = 0, run_id: str = "r1", **columns: Any) -> dict[str, Any]:
        stamp = {"run_id": run_id, "observed_at": f"{DAY + timedelta(hours=seq)}+00", "seq": seq, "source": "square"}
        return {"room": "hall", "id": 1, **columns, **stamp}

    return make


@pytest.fixture
def child() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts Python on some code with arguments; returns once it has said 'ready'. All are killed at the end."""
    children: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        children.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return process

    yield start
    for process in children:
        process.kill()
        process.communicate()


@pytest.fixture
def filled(folder: Any, execute: Any) -> Callable[[int], Any]:
    """Fills the build's marts and desk with so many days."""

    def fill(rows: int) -> Any:
        execute(folder.warehouse, FILL.format(rows=rows))
        return folder

    return fill
