"""Copies the finished tables of the build database into published files: no keys, no views, comments kept."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import keyed
from warehouse.connect import identifier, literal, scalar
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# clients from DuckDB 1.0 on read this format; newer ones would write what older BI drivers refuse
STORAGE_VERSION = "v1.0.0"
# up to here a table is sorted by all its columns, so that equal content gives equal files; beyond, build order is kept
SORTED_ROWS = 1_000_000


@dataclass(frozen=True)
class Table:
    """A table or view of the build database that is to be published."""

    schema: str
    name: str
    comment: str | None

    @property
    def label(self) -> str:
        """Schema and name, as in manifests and messages."""
        return f"{self.schema}.{self.name}"

    def within(self, database: str) -> str:
        """The quoted name inside an attached database."""
        return f"{database}.{identifier(self.schema)}.{identifier(self.name)}"


def tables(connection: "DuckDBPyConnection", schemas: Collection[str], private: Collection[str]) -> list[Table]:
    """What the attached `build` has to publish, by name; names that begin with `_` and dbt's leftovers are private."""
    query = """
        select schema_name, table_name, comment from duckdb_tables() where database_name = 'build'
        union all
        select schema_name, view_name, comment from duckdb_views() where database_name = 'build' and not internal
        order by 1, 2
    """
    found = [Table(*row) for row in connection.execute(query).fetchall()]
    return [
        table
        for table in found
        if table.schema in schemas
        and table.label not in private
        and not table.name.startswith("_")
        and "__dbt_" not in table.name
    ]


def create(
    connection: "DuckDBPyConnection", path: Path, schemas: Collection[str], names: list[Table], is_keyed: bool = False
) -> dict[str, int]:
    """Write a new database file with these tables and its (possibly empty) schemas; rows by table."""
    connection.execute(f"attach {literal(str(path))} as target (storage_version {literal(STORAGE_VERSION)})")
    for schema in sorted(schemas):
        connection.execute(f"create schema target.{identifier(schema)}")
    counts = {table.label: _copy(connection, table, is_keyed) for table in names}
    connection.execute("checkpoint target")
    connection.execute("detach target")
    return counts


def write_parquet(connection: "DuckDBPyConnection", path: Path, folder: Path, names: list[Table]) -> None:
    """Write one Parquet file a table, from the published database itself."""
    connection.execute(f"attach {literal(str(path))} as target (read_only)")
    for table in names:
        file = folder / f"{table.name}.parquet"
        if file.exists():
            raise WarehouseError(f"{table.label} has the name of another published table: rename one of the two")
        connection.execute(f"copy {table.within('target')} to {literal(str(file))} (format parquet, compression zstd)")
    connection.execute("detach target")


def _copy(connection: "DuckDBPyConnection", table: Table, is_keyed: bool) -> int:
    build, target = table.within("build"), table.within("target")
    rows = int(scalar(connection, f"select count(*) from {build}"))
    order = "order by all" if rows <= SORTED_ROWS else ""
    selected = keyed.selection(_columns(connection, table)) if is_keyed else "*"
    connection.execute(f"create table {target} as select {selected} from {build} {order}")
    if table.comment:
        connection.execute(f"comment on table {target} is {literal(table.comment)}")
    query = """
        select column_name, comment from duckdb_columns()
        where database_name = 'build' and schema_name = ? and table_name = ? and comment is not null
    """
    for column, comment in connection.execute(query, [table.schema, table.name]).fetchall():
        connection.execute(f"comment on column {target}.{identifier(column)} is {literal(comment)}")
    return rows


def _columns(connection: "DuckDBPyConnection", table: Table) -> dict[str, str]:
    query = """
        select column_name, data_type from duckdb_columns()
        where database_name = 'build' and schema_name = ? and table_name = ? order by column_index
    """
    return dict(connection.execute(query, [table.schema, table.name]).fetchall())
