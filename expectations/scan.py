"""One SQL scan per table turns its checks into a profile: one number per check."""

# ruff: noqa: S608 - SQL is put together from suite files, never from data

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.checks import Check
from expectations.keys import KeyHashes

UNMEASURED = -1.0
_SAYS_ITSELF = (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException, duckdb.SyntaxException)


@dataclass
class Profile:
    """A table's numbers by check name; a check that could not be asked has UNMEASURED and an error."""

    table: str
    checks: Sequence[Check]
    rows: int | None = None
    values: dict[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@contextmanager
def opened(
    database: Path, previous: Path | None, variables: Mapping[str, str | datetime]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session in memory with the build (and the last snapshot) attached read-only; nothing stays open after it."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": f"{database}.gate-tmp",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=options)
    try:
        _attach(connection, database, "build")
        if previous is not None:
            _attach(connection, previous, "previous")
        connection.execute("set enable_external_access = false")
        yield session(connection, variables)
    finally:
        connection.close()


def session(
    connection: duckdb.DuckDBPyConnection, variables: Mapping[str, str | datetime]
) -> duckdb.DuckDBPyConnection:
    """Another session of the same databases, as every check expects it."""
    cursor = connection.cursor()
    cursor.execute("use build")
    cursor.execute("set TimeZone = 'UTC'")
    for name, value in variables.items():
        cursor.execute(f"set variable {name} = $1", [value])
    return cursor


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    if not path.is_file():  # read-only attaching of a missing file gives a message without the cure
        raise duckdb.IOException(f"{path.name} does not exist")
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {alias} (read_only)")


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """All tables and views: `schema.table` of the build, `previous.schema.table` of the snapshot."""
    rows = connection.execute(
        "select table_catalog, table_schema, table_name from information_schema.tables"
    ).fetchall()
    return {
        f"{schema}.{name}" if catalog == "build" else f"{catalog}.{schema}.{name}" for catalog, schema, name in rows
    }


def scan(connection: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Check], keys: KeyHashes) -> Profile:
    """Measure the checks of one table that `keys` does not prove by one statement; should it fail, one by one to find
    the broken check."""
    proven = {check.name: 0.0 for check in checks if keys.prove(connection, check)}
    asked = [check for check in checks if check.name not in proven]
    profile = Profile(table, checks, values=proven)
    try:
        numbers = _ask(connection, table, ["count(*)", *(check.value for check in asked)])
        profile.rows = int(numbers[0])
        profile.values |= {check.name: number for check, number in zip(asked, numbers[1:], strict=True)}
    except (duckdb.Error, TypeError, ValueError):
        for check in asked:
            _ask_alone(connection, profile, check)
    return profile


def _ask(connection: duckdb.DuckDBPyConnection, table: str, expressions: Sequence[str]) -> list[float]:
    row = connection.execute(f"select {', '.join(expressions)} from {table}").fetchone()
    return [math.nan if value is None else float(value) for value in row or ()]


def _ask_alone(connection: duckdb.DuckDBPyConnection, profile: Profile, check: Check) -> None:
    try:
        profile.values[check.name] = _ask(connection, profile.table, ["count(*)", check.value])[1]
    except (duckdb.Error, TypeError, ValueError) as error:
        profile.values[check.name] = UNMEASURED
        profile.errors[check.name] = reason(error)


def reason(error: Exception) -> str:
    """The first line of an error that speaks about SQL; of any other only its kind, since it may quote data."""
    if isinstance(error, (*_SAYS_ITSELF, duckdb.IOException)):
        return str(error).strip().splitlines()[0]
    return type(error).__name__
