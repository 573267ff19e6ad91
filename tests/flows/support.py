"""Runs the whole flow on a folder and asks what it published."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]


def write_configuration(folder: Path, sources: str, timezone: str = "UTC", more: str = "") -> Path:
    """A muster.toml with the given [sources.*] tables."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[community]\nname = "Testers"\ntimezone = "{timezone}"\n\n{sources}\n{more}'
    (folder / "muster.toml").write_text(text, encoding="utf-8")
    return folder


def run_muster(folder: Path, now: datetime, **arguments: Any) -> Any:
    """One run of the flow on the folder's muster.toml; the Outcome, or the Failure raised."""
    from flows.pipeline import muster

    return muster(config=str(folder), now=now, **arguments)


def ask(folder: Path, query: str, database: str = "community") -> Rows:
    """Rows of the published snapshot."""
    with duckdb.connect(str(folder / ".muster" / "serving" / f"{database}.duckdb"), read_only=True) as connection:
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
            found[f"{schema}.{table}"] = ask(folder, f"select {kept} from {schema}.{table} order by all", database)
    return found
