"""Reads what is left of erased people: keyed marks, and what their rows are called now."""

# ruff: noqa: S608  (names in the SQL come from declarations; values are parameters)

from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.connect import identifier, opened, scalar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["accounts", "marks", "marks_in", "settings"]


def marks(path: Path, source: str) -> frozenset[str]:
    """The keyed marks of everyone erased from a source."""
    rows = _rows(path, "raw.erased", "select mark from raw.erased where source = ?", [source])
    return frozenset(mark for (mark,) in rows)


def marks_in(connection: "DuckDBPyConnection", source: str) -> frozenset[str]:
    """The same, inside an open transaction."""
    rows = connection.execute("select mark from raw.erased where source = ?", [source]).fetchall()
    return frozenset(mark for (mark,) in rows)


def settings(path: Path) -> dict[str, str]:
    """The settings under which the data were kept."""
    rows = _rows(path, "raw.settings", "select key, value from raw.settings", [])
    return {key: value for key, value in rows}


def accounts(path: Path, platform: str, source: str, column: str, wanted: list[str]) -> frozenset[str]:
    """Which of these native ids are known among the accounts of a source."""
    query = f"""
        select distinct {identifier(column)}::varchar from raw_{platform}.accounts
        where source = ? and {identifier(column)}::varchar in (select unnest(?::varchar[]))
    """
    return frozenset(account for (account,) in _rows(path, f"raw_{platform}.accounts", query, [source, wanted]))


def _rows(path: Path, table: str, query: str, parameters: list[Any]) -> list[tuple[str, ...]]:
    """The rows of a query; none where there is no database yet, or none with that table."""
    if not path.exists():
        return []
    schema, _, name = table.partition(".")
    with opened(path, read_only=True) as connection:
        present = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
        if not scalar(connection, present, [schema, name]):
            return []
        return connection.execute(query, parameters).fetchall()
