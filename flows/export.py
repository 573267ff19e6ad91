"""What `muster export` does: the community's numbers as CSV, no member-grain table, no cell about too few people."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import Failure
from flows.export_cells import suppress
from flows.export_shapes import SHAPES, Shape
from flows.settings import load
from warehouse.connect import identifier, opened
from warehouse.layout import DataFolder
from warehouse.snapshots import current

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Written:
    """One file: its rows, and how many cells were withheld."""

    file: Path
    rows: int
    withheld: int


def export(config: Path | None, to: Path) -> list[Written]:
    """Write one CSV a community mart of what is published; Failure when nothing is."""
    settings = load(config)
    snapshot = current(DataFolder(settings.data_dir))
    if snapshot is None:
        raise Failure("nothing is published yet; `muster run` publishes")
    to.mkdir(parents=True, exist_ok=True)
    with opened(snapshot / "community.duckdb", read_only=True) as connection:
        found = _tables(connection)
        minimum = settings.privacy.minimum_cell
        return [
            _write(connection, name, shape, found[name], to, minimum) for name, shape in SHAPES.items() if name in found
        ]


def neutral(value: Any) -> Any:
    """A cell no spreadsheet takes for a formula; numbers are left."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _tables(connection: "DuckDBPyConnection") -> dict[str, list[str]]:
    query = """
        select table_name, list(column_name order by column_index) from duckdb_columns()
        where database_name = current_database() and schema_name = 'marts' group by 1
    """
    return dict(connection.execute(query).fetchall())


def _write(
    connection: "DuckDBPyConnection", name: str, shape: Shape, present: list[str], to: Path, minimum: int
) -> Written:
    columns = [column for column in shape.columns if column in present]
    listed = ", ".join(map(identifier, columns))
    rows = connection.execute(f"select {listed} from marts.{identifier(name)} order by all").fetchall()  # noqa: S608
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    withheld = suppress(shape, records, minimum)
    file = to / f"{name}.csv"
    with file.open("w", newline="", encoding="utf-8") as written:
        out = csv.writer(written)
        out.writerow(columns)
        out.writerows([neutral(record[column]) for column in columns] for record in records)
    return Written(file, len(records), withheld)
