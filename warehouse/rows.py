"""Writes small sets of plain Python rows into the owned tables, typed, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from warehouse.connect import identifier
from warehouse.errors import WarehouseError
from warehouse.tables import OWNED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any] | Sequence[Any]


def insert(connection: "DuckDBPyConnection", table: str, rows: Iterable[Row]) -> None:
    """Append rows to an owned table; a mapping may leave columns out (they become null), a tuple may not."""
    columns = OWNED[table]
    tuples = [_in_order(table, list(columns), row) for row in rows]
    if not tuples:
        return
    # one list a column: executemany would plan and run one statement a row
    values = [list(column) for column in zip(*tuples, strict=True)]
    names = ", ".join(identifier(name) for name in columns)
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    connection.execute(f"insert into {table} ({names}) select {lists}", values)


def _in_order(table: str, columns: list[str], row: Row) -> tuple[Any, ...]:
    if isinstance(row, Mapping):
        unknown = sorted(set(row) - set(columns))
        if unknown:
            raise WarehouseError(f"{table} has no column {', '.join(unknown)}: give {', '.join(columns)}")
        return tuple(row.get(name) for name in columns)
    if isinstance(row, str) or len(row) != len(columns):
        raise WarehouseError(f"a row for {table} has not its {len(columns)} values: give {', '.join(columns)}")
    return tuple(row)
