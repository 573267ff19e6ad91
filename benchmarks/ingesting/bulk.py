"""Files in bulk: the whole landing path against raw DuckDB and against dlt's way with dicts, on the same file."""

from __future__ import annotations

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dlt
import duckdb
from ingesting.landing import Ground

from sources.quiet import quiet_dlt

NOW = datetime(2026, 6, 29)
_WORDS = """lantern dusk solar panel sensor rain firmware image charge walk north swap help please thanks
    look""".split()  # noqa: SIM905
_TYPES = """{message_id: 'varchar', channel_id: 'varchar', author_id: 'varchar', created_at: 'timestamptz',
    edited_at: 'timestamptz', thread_id: 'varchar', kind: 'varchar', title: 'varchar', text: 'varchar',
    mentions: 'varchar[]'}"""


def write(path: Path, rows: int) -> Path:
    """Messages of about 40 words as JSON lines."""
    rng = random.Random(1)
    with path.open("w") as file:
        for number in range(rows):
            file.write(json.dumps(_message(rng, number)) + "\n")
    return path


def _message(rng: random.Random, number: int) -> dict[str, Any]:
    moment = datetime(2023, 1, 1) + timedelta(seconds=number * 60)
    thread = number - number % 7
    return {
        "message_id": f"m{number}", "channel_id": f"c{number % 16}", "author_id": f"u{rng.randrange(5000)}",
        "created_at": f"{moment.isoformat()}Z", "edited_at": None, "thread_id": f"m{thread}",
        "kind": "post" if thread == number else "comment", "title": f"title {number}" if thread == number else None,
        "text": " ".join(rng.choices(_WORDS, k=40)) + ("?" if number % 5 == 0 else ""),
        "mentions": [f"u{rng.randrange(5000)}"] if number % 9 == 0 else [],
    }  # fmt: skip


def ours(path: Path, folder: Path, rows: int) -> float:
    """Rows a second through pipeline and merge."""
    result, seconds = Ground(folder, "files").pull({"path": path}, NOW)
    assert result.rows == rows
    return rows / seconds


def raw(path: Path, folder: Path, rows: int) -> float:
    """Rows a second of DuckDB's read_json and insert into a table."""
    with duckdb.connect(str(folder / "raw.duckdb")) as connection:
        connection.execute("set timezone = 'UTC'")
        read = f"read_json(?, format = 'newline_delimited', columns = {_TYPES})"
        connection.execute(f"create table messages as select * from {read} limit 0", [str(path)])
        started = time.perf_counter()
        connection.execute(f"insert into messages select * from {read}", [str(path)])
        connection.execute("checkpoint")
        return rows / (time.perf_counter() - started)


def dicts(path: Path, folder: Path, rows: int) -> float:
    """Rows a second of dlt with records as dicts, its defaults."""

    @dlt.resource(name="messages", write_disposition="append")  # type: ignore[untyped-decorator]
    def messages() -> Any:
        with path.open() as file:
            for number, line in enumerate(file):
                if number == rows:
                    return
                yield json.loads(line)

    with quiet_dlt(folder / "dlt"):
        to = dlt.destinations.duckdb(str(folder / "dicts.duckdb"))
        pipeline = dlt.pipeline("dicts", pipelines_dir=str(folder / "dlt"), destination=to, dataset_name="plain")
        started = time.perf_counter()
        pipeline.run(messages())
        return rows / (time.perf_counter() - started)
