"""Prepares the build database: schemas, tables, additive evolution, and the user's configuration as rows."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.connect import identifier, literal, opened, transaction
from warehouse.descriptions import DESCRIPTIONS
from warehouse.errors import WarehouseError
from warehouse.layout import PRIVATE_FILE
from warehouse.rows import Row, insert
from warehouse.tables import OWNED, STAMP, StreamDeclaration, check_declaration, check_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["StreamDeclaration", "held", "prepare", "write_configuration"]

Declarations = Mapping[str, Mapping[str, StreamDeclaration]]


def prepare(path: Path, declarations: Declarations) -> None:
    """Create or extend the build database at `path` (platform to stream to declaration); running it again is harmless.

    A new declared column is added; a declared type that differs from the table's is refused, since versions stay.
    """
    for platform, streams in declarations.items():
        for stream, declaration in streams.items():
            table = f"raw_{check_name(platform, 'platform')}.{check_name(stream, 'stream')}"
            check_declaration(table, declaration)
    # what a killed run spilled to disk; DuckDB itself would leave it
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)
    if path.exists():
        with transaction(path) as connection:
            _evolve(connection, declarations)
    else:
        _create(path, declarations)


def write_configuration(
    path: Path,
    sources: Iterable[Row],
    settings: Mapping[str, str] | Iterable[Row],
    staff: Iterable[Row],
    bots: Iterable[Row],
    gaps: Iterable[Row],
    identities: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Replace raw.sources, settings, staff, bots, gaps and identities in one transaction; rows are mappings or tuples
    in order. An identity that stood before keeps the day on which it was first listed."""
    pairs: Iterable[Row] = list(settings.items()) if isinstance(settings, Mapping) else settings
    given = {"sources": sources, "settings": pairs, "staff": staff, "bots": bots, "gaps": gaps}
    with transaction(path) as connection:
        given["identities"] = _dated(connection, identities)
        for name, rows in given.items():
            connection.execute(f"delete from raw.{name}")
            insert(connection, f"raw.{name}", rows)


def held(path: Path) -> set[tuple[str, str]]:
    """Each source that raw holds rows of, with its platform."""
    with opened(path, read_only=True) as connection:
        streams = connection.execute("select distinct platform, stream from raw.declarations order by all").fetchall()
        queries = [
            f"select source, '{platform}' as platform from raw_{platform}.{identifier(stream)} group by source"
            for platform, stream in streams
        ]
        return set(connection.execute(" union ".join(queries)).fetchall()) if queries else set()


def _dated(connection: "DuckDBPyConnection", identities: Iterable[Mapping[str, Any]]) -> list[Row]:
    known = connection.execute("select source, account, person, listed_at from raw.identities").fetchall()
    before = {(source, account, person): at for source, account, person, at in known}
    keyed = [(one, before.get((one["source"], one["account"], one["person"]))) for one in identities]
    return [{**one, "listed_at": at or one["listed_at"]} for one, at in keyed]


def _create(path: Path, declarations: Declarations) -> None:
    """Build under another name first: a killed creation leaves a file that DuckDB would refuse to open."""
    fresh = path.with_name(path.name + ".new")
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with opened(fresh) as connection:
        os.chmod(fresh, PRIVATE_FILE)
        _evolve(connection, declarations)
    os.replace(fresh, path)


def _evolve(connection: "DuckDBPyConnection", declarations: Declarations) -> None:
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists ops")
    for table, columns in OWNED.items():
        _ensure(connection, table, columns)
    _describe(connection)
    for platform, streams in declarations.items():
        connection.execute(f"create schema if not exists raw_{platform}")
        connection.execute("delete from raw.declarations where platform = ?", [platform])
        for stream, declaration in streams.items():
            _ensure(connection, f"raw_{platform}.{stream}", {**declaration.types, **STAMP})
            insert(connection, "raw.declarations", _declared(platform, stream, declaration))


def _declared(platform: str, stream: str, declaration: StreamDeclaration) -> Sequence[Row]:
    return [
        (platform, stream, column, kind, position, column in declaration.key, column in declaration.accounts)
        for position, (column, kind) in enumerate(declaration.types.items())
    ]


def _ensure(connection: "DuckDBPyConnection", table: str, columns: Mapping[str, str]) -> None:
    definition = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"create table if not exists {table} ({definition})")
    existing = _columns(connection, table)
    for name, kind in columns.items():
        if name not in existing:
            connection.execute(f"alter table {table} add column {identifier(name)} {kind}")
        elif existing[name] != kind:
            raise WarehouseError(
                f"{table}.{name} is {existing[name]} in the build database but declared {kind}: "
                "declare the new type under a new column name"
            )


def _describe(connection: "DuckDBPyConnection") -> None:
    for table, description in DESCRIPTIONS.items():
        connection.execute(f"comment on table {table} is {literal(description.table)}")
        for column, text in description.columns.items():
            connection.execute(f"comment on column {table}.{identifier(column)} is {literal(text)}")


def _columns(connection: "DuckDBPyConnection", table: str) -> dict[str, Any]:
    rows = connection.execute(f"select name, type from pragma_table_info({literal(table)})").fetchall()
    return dict(rows)
