"""Looks for texts in everything under a folder: bytes of files, cells of databases, dlt's packed state."""

import base64
import re
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb


def found(folder: Path, needles: Collection[str]) -> list[str]:
    """Each place that holds one of the needles, in whatever case."""
    look = any_of(needles)
    places = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        places += [f"{path.relative_to(folder)}: {place}" for place in _in_file(path, look)]
    return places


def any_of(needles: Collection[str]) -> re.Pattern[str]:
    """Finds any of many texts in lower-case text, by their first sixty characters.

    A tree of common beginnings: an alternation of a thousand whole texts is tried one by one at every place.
    """
    tree: dict[str, Any] = {}
    for needle in needles:
        branch = tree
        for character in needle.lower()[:60]:
            branch = branch.setdefault(character, {})
        branch[""] = {}
    return re.compile(_written(tree))


def _written(tree: dict[str, Any]) -> str:
    if "" in tree:  # the shorter of two is found in the longer
        return ""
    branches = [re.escape(character) + _written(rest) for character, rest in tree.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _in_file(path: Path, look: re.Pattern[str]) -> Iterator[str]:
    if hit := look.search(path.read_bytes().decode("utf-8", "replace").lower()):
        yield f"bytes {hit.group()!r}"
    if path.suffix == ".duckdb":
        yield from _in_duckdb(path, look)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            yield from _rows(connection, f"from '{path}'", path.name, look)
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as connection:
            for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                if hit := look.search(repr(connection.execute(f'select * from "{name}"').fetchall()).lower()):
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
                    if hit := look.search(zlib.decompress(base64.b64decode(state)).decode().lower()):
                        yield f"{schema}.{table} packed {hit.group()!r}"


def _rows(connection: duckdb.DuckDBPyConnection, source: str, name: str, look: re.Pattern[str]) -> Iterator[str]:
    cursor = connection.execute(f"select columns(*)::varchar {source}")
    columns = [column[0] for column in cursor.description or []]
    while rows := cursor.fetchmany(5_000):
        for number, column in enumerate(columns):
            for row in rows:
                if row[number] and (hit := look.search(row[number].lower())):
                    yield f"{name}.{column} {hit.group()!r} in {row[number][:60]!r}"
                    break
