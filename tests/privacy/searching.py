"""Looks for texts in everything under a folder: bytes of files, cells of databases, dlt's packed state."""

import base64
import re
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import duckdb


def found(folder: Path, needles: Collection[str]) -> list[str]:
    """Each place that holds one of the needles, in whatever case."""
    look = re.compile("|".join(re.escape(needle) for needle in sorted(needles)), re.IGNORECASE)
    places = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        places += [f"{path.relative_to(folder)}: {place}" for place in _in_file(path, look)]
    return places


def _in_file(path: Path, look: re.Pattern[str]) -> Iterator[str]:
    if hit := look.search(path.read_bytes().decode("utf-8", "replace")):
        yield f"bytes {hit.group()!r}"
    if path.suffix == ".duckdb":
        yield from _in_duckdb(path, look)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            yield from _rows(connection, f"from '{path}'", path.name, look)
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as connection:
            for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                if hit := look.search(repr(connection.execute(f'select * from "{name}"').fetchall())):
                    yield f"{name} {hit.group()!r}"


def _in_duckdb(path: Path, look: re.Pattern[str]) -> Iterator[str]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as looked (read_only)")  # a schema may be called like the file
        connection.execute("use looked")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked'"
        ).fetchall()
        for schema, table in tables:
            yield from _rows(connection, f'from looked."{schema}"."{table}"', f"{schema}.{table}", look)
            if table == "_dlt_pipeline_state":
                for (state,) in connection.execute(f'select state from looked."{schema}"."{table}"').fetchall():
                    if hit := look.search(zlib.decompress(base64.b64decode(state)).decode()):
                        yield f"{schema}.{table} packed {hit.group()!r}"


def _rows(connection: duckdb.DuckDBPyConnection, source: str, name: str, look: re.Pattern[str]) -> Iterator[str]:
    cursor = connection.execute(f"select columns(*)::varchar {source}")
    columns = [column[0] for column in cursor.description or []]
    while rows := cursor.fetchmany(5_000):
        for number, column in enumerate(columns):
            for row in rows:
                if row[number] and (hit := look.search(row[number])):
                    yield f"{name}.{column} {hit.group()!r} in {row[number][:60]!r}"
                    break
