"""Writes a published snapshot's tables into PostgreSQL: one transaction, comments, read rights for one role."""

# ruff: noqa: S608  (DuckDB's side names tables of the snapshot's own catalogue; PostgreSQL's side is composed by psycopg)

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from warehouse.connect import identifier, literal, opened
from warehouse.errors import WarehouseError
from warehouse.snapshots import BUILDING

if TYPE_CHECKING:
    import psycopg
    from duckdb import DuckDBPyConnection

SCHEMAS = ("marts", "ops")
TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
}
CHUNK_BYTES = 1 << 20
NULL = "\\N"


@dataclass(frozen=True)
class Table:
    """A published table: columns as (name, PostgreSQL type, comment)."""

    schema: str
    name: str
    comment: str | None
    columns: tuple[tuple[str, str, str | None], ...]


def publish_postgres(snapshot: Path, dsn: str, *, reader: str) -> dict[str, int]:
    """Replace the rows of marts and ops by those of a snapshot; returns rows by table.

    Readers see the old rows until the commit and are never blocked, unless a table's columns changed: then it is made
    anew. `reader` may read everything here and write nothing; it is made where it does not exist. Raises
    WarehouseError with one line that holds nothing of the address.
    """
    # a folder that a kill leaves behind is cleared away like an unfinished snapshot
    room = TemporaryDirectory(dir=snapshot.parent, prefix=BUILDING)
    with _connected(dsn) as target, opened(None) as source, room as beside:
        source.execute(f"attach {literal(str(snapshot / 'community.duckdb'))} as published (read_only)")
        tables = _tables(source)
        _prepare(target, reader)
        rows = {}
        for table in tables:
            _shape(target, table, reader)
            file = Path(beside) / "rows.csv"
            _dump(source, table, file)
            rows[f"{table.schema}.{table.name}"] = _load(target, table, file)
        _drop_others(target, tables)
    return rows


@contextmanager
def _connected(dsn: str) -> Iterator["psycopg.Connection[Any]"]:
    """A connection in one transaction, committed at the end; any error is told without what the address holds."""
    import psycopg

    try:
        connection = psycopg.connect(dsn, application_name="muster", connect_timeout=20)
    except psycopg.Error as error:
        # a message of the client's could quote the address
        raise WarehouseError(
            f"PostgreSQL cannot be reached ({type(error).__name__}); check publish.postgres_dsn and the server"
        ) from None
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        told = error.diag.message_primary or type(error).__name__
        hint = f"; {error.diag.message_hint}" if error.diag.message_hint else ""
        raise WarehouseError(f"PostgreSQL: {told}{hint}; nothing was changed there") from None


def _tables(source: "DuckDBPyConnection") -> list[Table]:
    found: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}
    columns = source.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns()"
        " where database_name = 'published' and list_contains($schemas, schema_name)"
        " order by schema_name, table_name, column_index",
        {"schemas": list(SCHEMAS)},
    ).fetchall()
    for schema, table, column, kind, comment in columns:
        number = "numeric" if kind.startswith(("DECIMAL", "HUGEINT")) else "text"
        found.setdefault((schema, table), []).append((column, TYPES.get(kind, number), comment))
    comments = source.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = 'published'"
    ).fetchall()
    said = {(schema, table): comment for schema, table, comment in comments}
    return [Table(*key, said.get(key), tuple(columns)) for key, columns in found.items()]


def _prepare(target: "psycopg.Connection[Any]", reader: str) -> None:
    """The schemas, and the role that may read them."""
    from psycopg import sql

    # two runs against one server take turns
    target.execute("select pg_advisory_xact_lock(hashtext('muster'))")
    role = sql.Identifier(reader)
    if not target.execute("select 1 from pg_roles where rolname = %s", [reader]).fetchone():
        target.execute(sql.SQL("create role {} nologin").format(role))
    for schema in map(sql.Identifier, SCHEMAS):
        target.execute(sql.SQL("create schema if not exists {}").format(schema))
        target.execute(sql.SQL("grant usage on schema {} to {}").format(schema, role))


def _shape(target: "psycopg.Connection[Any]", table: Table, reader: str) -> None:
    """Empty the table, or make it anew where its columns are others than before; comments are written again."""
    from psycopg import sql

    name = sql.Identifier(table.schema, table.name)
    before = target.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [f"{identifier(table.schema)}.{identifier(table.name)}"],
    ).fetchall()
    wanted = [(column, kind.replace("timestamp", "timestamp without time zone")) for column, kind, _ in table.columns]
    if before == wanted:
        # not truncate: that would lock readers out, and show those at work an empty table
        target.execute(sql.SQL("delete from {}").format(name))
    else:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind, _ in table.columns
        )
        target.execute(sql.SQL("drop table if exists {}").format(name))
        target.execute(sql.SQL("create table {} ({})").format(name, columns))
    target.execute(sql.SQL("grant select on {} to {}").format(name, sql.Identifier(reader)))
    target.execute(sql.SQL("comment on table {} is {}").format(name, sql.Literal(table.comment)))
    for column, _, comment in table.columns:
        place = sql.Identifier(table.schema, table.name, column)
        target.execute(sql.SQL("comment on column {} is {}").format(place, sql.Literal(comment)))


def _dump(source: "DuckDBPyConnection", table: Table, file: Path) -> None:
    """The rows as CSV. Every text is quoted, so that none reads as NULL; PostgreSQL takes no zero character."""
    texts = [column for column, kind, _ in table.columns if kind == "text"]
    columns = ", ".join(
        f"replace(cast({identifier(column)} as varchar), chr(0), '') as {identifier(column)}"
        if column in texts
        else identifier(column)
        for column, _, _ in table.columns
    )
    quoted = f", force_quote ({', '.join(map(identifier, texts))})" if texts else ""
    source.execute(
        f"copy (select {columns} from published.{identifier(table.schema)}.{identifier(table.name)})"
        f" to {literal(str(file))} (format csv, header false, nullstr '{NULL}'{quoted})"
    )


def _load(target: "psycopg.Connection[Any]", table: Table, file: Path) -> int:
    from psycopg import sql

    statement = sql.SQL("copy {} from stdin (format csv, null {})").format(
        sql.Identifier(table.schema, table.name), sql.Literal(NULL)
    )
    with target.cursor() as cursor:
        with cursor.copy(statement) as copy, file.open("rb") as rows:
            while chunk := rows.read(CHUNK_BYTES):
                copy.write(chunk)
        return cursor.rowcount


def _drop_others(target: "psycopg.Connection[Any]", tables: list[Table]) -> None:
    """Tables that are no longer published go, as they do in the snapshot; views of the users' own are theirs."""
    from psycopg import sql

    kept = {(table.schema, table.name) for table in tables}
    there = target.execute(
        "select schemaname, tablename from pg_tables where schemaname = any(%s)", [list(SCHEMAS)]
    ).fetchall()
    for schema, name in there:
        if (schema, name) not in kept:
            target.execute(sql.SQL("drop table {}").format(sql.Identifier(schema, name)))
