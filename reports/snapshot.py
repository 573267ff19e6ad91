"""Reads one published snapshot folder: its two databases, read-only, and its manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

SMALL = 100_000  # rows that are sooner read whole than asked for one by one


class ReportError(Exception):
    """A report cannot be made; the message is one line that says what to do."""


class Snapshot:
    """One published snapshot; `names=False` never opens the database that holds names."""

    def __init__(self, folder: Path, *, names: bool = True) -> None:
        # resolved once: a reader that came through `serving` must not see the next snapshot half-way
        self.folder = folder.resolve()
        self.manifest = self._manifest()
        self.id = str(self.manifest.get("snapshot_id") or self.manifest.get("id") or self.folder.name)
        self.community = self._open("community.duckdb")
        self.desk = self._open("desk.duckdb") if names and (self.folder / "desk.duckdb").exists() else None
        self._columns: dict[str, frozenset[str]] = {}
        self._scans: dict[str, list[tuple[Any, ...]]] = {}
        self._tables: dict[str, dict[tuple[Any, ...], Any] | None] = {}

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of both files."""
        self.community.close()
        if self.desk is not None:
            self.desk.close()

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query on community.duckdb; values go in as parameters, never as text."""
        return self.community.execute(sql, values).fetchall()

    def scan(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Rows of a query that many slots are read from: asked once."""
        key = repr((sql, sorted(values.items())))
        if key not in self._scans:
            self._scans[key] = self.rows(sql, values)
        return self._scans[key]

    def small_table(self, table: str, key: tuple[str, ...], column: str) -> dict[tuple[Any, ...], Any] | None:
        """A column of a small table by its key, read once; None where the table is too long for that.

        Names must have been checked against the catalogue. Where a key is met twice its first row counts.
        """
        name = f"{table}({','.join(key)}).{column}"
        if name not in self._tables:
            size = self.one(f"select count(*) from {table}")  # noqa: S608
            if size is None or size[0] > SMALL:
                self._tables[name] = None
            else:
                names = ", ".join(f'"{one}"' for one in (*key, column))
                found: dict[tuple[Any, ...], Any] = {}
                for row in self.rows(f"select {names} from {table}"):  # noqa: S608
                    found.setdefault(row[:-1], row[-1])
                self._tables[name] = found
        return self._tables[name]

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query on community.duckdb, or None."""
        return self.community.execute(sql, values).fetchone()

    def desk_rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query on desk.duckdb; none when names are left out or the table is absent."""
        if self.desk is None:
            return []
        try:
            return self.desk.execute(sql, values).fetchall()
        except duckdb.CatalogException:
            return []

    def columns(self, table: str) -> frozenset[str]:
        """Column names of `schema.table` in community.duckdb; empty when there is no such table."""
        if table not in self._columns:
            schema, _, name = table.partition(".")
            found = self.rows(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ?",
                [schema, name],
            )
            self._columns[table] = frozenset(str(row[0]) for row in found)
        return self._columns[table]

    def _manifest(self) -> dict[str, Any]:
        path = self.folder / "manifest.json"
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReportError(f"{path}: no readable snapshot manifest; run `muster run` to publish one") from error
        if not isinstance(read, dict):
            raise ReportError(f"{path}: not a snapshot manifest; run `muster run` to publish one")
        return read

    def _open(self, name: str) -> duckdb.DuckDBPyConnection:
        path = self.folder / name
        try:
            connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise ReportError(f"{path}: cannot be opened; run `muster run` to publish a snapshot") from error
        connection.execute("set TimeZone = 'UTC'")
        return connection
