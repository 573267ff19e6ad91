"""A file of a source: what it holds, its columns, and the engine that reads it."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb

from sources.errors import BadFile
from sources.files.streams import names_in_file, required_in_file
from sources.streams import Stream

# a file of JSON lines as lines
LINES = """
    read_csv(?, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = chr(1), quote = '',
             escape = '', max_line_size = ?, buffer_size = ?)
"""
_LINE_BYTES = 8 * 1024 * 1024  # the longest line there may be
_SAMPLE = 200
_HEADER_CHARS = 1024 * 1024
_CURE = "see the names and formats in docs/platforms.md, then run again"


@dataclass(frozen=True)
class File:
    """One file of a source: what it holds and how it is written."""

    source: str
    path: Path
    stream: Stream
    format: str

    def bad(self, problem: str, cure: str = _CURE) -> BadFile:
        """An error about the whole file."""
        return BadFile(self.source, self.path.name, problem, cure)


@dataclass(frozen=True)
class Head:
    """The columns of a file: ours as (declared name, name in the file), and others."""

    ours: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def head(connection: Any, file: File) -> Head:
    """The columns a file has; an error if one it must have is missing."""
    found = {"csv": _csv_names, "json": _json_names, "parquet": _parquet_names}[file.format](connection, file)
    if not found and not _first_line(file):
        return Head((), ())  # an empty file: no rows
    given = names_in_file(file.stream)
    by_name = {name.strip().lower(): name for name in found}
    ours = tuple((column, by_name[name]) for column, name in given.items() if name in by_name)
    present = {column for column, _ in ours}
    if missing := [given[name] for name in required_in_file(file.stream) if name not in present]:
        raise file.bad(f"{file.stream.name} needs the column {' and '.join(missing)}, it has {_listed(found)}")
    known = {*given.values(), "observed_at"}
    return Head(ours, tuple(sorted(name for low, name in by_name.items() if low not in known)))


def _csv_names(_connection: Any, file: File) -> list[str]:
    first = next(csv.reader([_first_line(file)], delimiter=delimiter(file)), [])
    if len(set(first)) < len(first):
        raise file.bad("a column stands twice in its header")
    return [name for name in first if name]


def _json_names(connection: Any, file: File) -> list[str]:
    if _first_line(file).lstrip().startswith("["):
        raise file.bad("this is one JSON array", "write one JSON object a line")
    query = f"""
        select distinct unnest(json_keys(line)) as name from (select line from {LINES} limit {_SAMPLE})
        where json_valid(line) and json_type(line) = 'OBJECT' order by name
    """  # noqa: S608  our own words
    return [row[0] for row in connection.execute(query, [place(file), *buffers(file)]).fetchall()]


def _parquet_names(connection: Any, file: File) -> list[str]:
    return [row[0] for row in connection.execute("describe from read_parquet(?)", [place(file)]).fetchall()]


def delimiter(file: File) -> str:
    """What stands between the columns of a CSV file."""
    line = _first_line(file)
    return max(",;\t", key=line.count)


def _first_line(file: File) -> str:
    try:
        with _opened(file.path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig") as text:
            return text.readline(_HEADER_CHARS).rstrip("\r\n")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise file.bad(f"it cannot be read as text ({type(error).__name__})", "write it as UTF-8") from None


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def engine() -> duckdb.DuckDBPyConnection:
    """A small engine: it writes nothing and loads nothing."""
    settings: dict[str, str | bool | int | float | list[str]]
    settings = {"threads": 2, "memory_limit": "1GB", "temp_directory": "", "autoinstall_known_extensions": False}
    connection = duckdb.connect(config=settings)
    connection.execute("set TimeZone = 'UTC'")
    return connection


@contextmanager
def one_line(file: File) -> Iterator[None]:
    """Turns the engine's errors into one line about the file."""
    try:
        yield
    except duckdb.Error as error:
        problem = str(error).splitlines()[0][:200]
        raise file.bad(f"it cannot be read as {file.format} ({type(error).__name__}: {problem})") from None


def buffers(file: File) -> list[int]:
    """The longest line and the buffer for a file: large ones cost more than a small file itself."""
    size = file.path.stat().st_size if file.path.suffix != ".gz" else _LINE_BYTES
    line = min(_LINE_BYTES, max(1024 * 1024, size + 1))
    return [line, 4 * line]


def place(file: File) -> str:
    """The path as DuckDB takes it: it would read a bracket or a star as a pattern."""
    if any(sign in str(file.path) for sign in "*?["):
        raise file.bad("its path holds one of * ? [", "rename it")
    return str(file.path)


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(" ".join(name.split())[:40] for name in sorted(names)[:20])
    return shown or "none"
