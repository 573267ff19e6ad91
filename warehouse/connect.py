"""Opening DuckDB with one configuration everywhere: UTC, nothing downloaded, bounded memory and threads."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_THREADS = 8
# what DuckDB says when another connection holds the file: another process, another mode here, an attachment here
_HELD = ("Could not set lock on file", "with a different configuration", "Unique file handle conflict")


@contextmanager
def opened(path: Path | None, *, read_only: bool = False, wait: float = 20.0) -> Iterator["DuckDBPyConnection"]:
    """A configured connection to `path` (None: in memory), closed at the end; waits `wait` seconds for a holder."""
    connection = _connect(path, read_only, wait)
    try:
        # set after opening: a configuration given while opening would have to equal dlt's and dbt's own
        for setting in _settings():
            connection.execute(setting)
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(path: Path) -> Iterator["DuckDBPyConnection"]:
    """A connection inside one transaction: committed at the end, rolled back by any error."""
    with opened(path) as connection:
        connection.begin()
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def literal(text: str) -> str:
    """A quoted SQL string, for the statements that take no parameters (attach, copy to, comment on)."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def scalar(connection: "DuckDBPyConnection", query: str, parameters: list[Any] | None = None) -> Any:
    """The only value of a query that gives one row of one column."""
    row = connection.execute(query, parameters or []).fetchone()
    return row[0] if row else None


def _settings() -> list[str]:
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    settings = [
        "set timezone = 'UTC'",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        # DuckDB draws one over the terminal, between our own lines
        "set enable_progress_bar = false",
        f"set memory_limit = '{half // 2**20}MiB'",
    ]
    if (os.cpu_count() or 1) > MAX_THREADS:
        settings.append(f"set threads = {MAX_THREADS}")
    return settings


def _connect(path: Path | None, read_only: bool, wait: float) -> "DuckDBPyConnection":
    import duckdb

    deadline = time.monotonic() + wait
    while True:
        try:
            return duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        except duckdb.Error as error:
            if not any(words in str(error) for words in _HELD):
                raise WarehouseError(f"{path} cannot be opened: {_first_line(error)}") from error
            if time.monotonic() > deadline:
                raise WarehouseError(f"{path} is held by another connection: close it and run again") from error
        time.sleep(0.05)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
