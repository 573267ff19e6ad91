"""Moves what dlt landed into raw: only rows that change something, in one transaction, any number of times."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import versions
from warehouse.connect import identifier, opened, scalar, transaction
from warehouse.errors import WarehouseError
from warehouse.tables import OWNED, check_name

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

__all__ = ["Merged", "known", "merge", "merge_table"]

# the columns by which a latest version says that its thing is gone
_GONE = ("is_tombstone", "is_removed", "is_deleted")
# what DuckDB may hold while it merges: more would only keep pages of raw that were looked at once, until the memory of
# a run grew with the warehouse
_MERGE_MEMORY = "384MiB"
# a rejected cell or a coverage interval that landed twice is told by these columns
_REJECTED_ONCE = ("stream", "run_id", "record_hash", "column")
_COVERAGE_ONCE = ("stream", "run_id", "observed_from", "observed_to", "reason")


@dataclass(frozen=True)
class Merged:
    """What became of one stream's landing rows: received = landed + unchanged."""

    received: int
    landed: int
    unchanged: int


def merge(path: Path, *, source: str, platform: str, run_id: str, loaded_at: datetime) -> dict[str, Merged]:
    """Move all rows of `landing_<source>` into raw and empty it; per stream, what was received and what was new.

    Safe to repeat at any time: a row that landed twice, before or after an earlier merge, adds nothing. `run_id` is
    used for coverage and rejected rows that carry none.
    """
    check_name(source, "source")
    schema = f"landing_{source}"
    with transaction(path) as connection:
        connection.execute(f"set memory_limit = '{_MERGE_MEMORY}'")
        landed = _landing_tables(connection, schema)
        declared = _declared_streams(connection, platform)
        given = {"source": source, "platform": platform, "run_id": run_id, "loaded_at": loaded_at}
        merged = {}
        for name, types in landed.items():
            if name == "rejected":
                _move_rejected(connection, schema, types, given)
            elif name == "coverage":
                _move_coverage(connection, schema, types, given)
            elif name in declared:
                columns, key = declared[name]
                stream = versions.Stream(f"raw_{platform}.{name}", f"{schema}.{identifier(name)}", columns, key, types)
                merged[name] = _merge_stream(connection, stream, source, loaded_at)
            elif scalar(connection, f"select count(*) from {schema}.{identifier(name)}"):
                raise WarehouseError(f"{schema}.{name} is no declared stream of {platform}: declare it, then run again")
        return merged


def merge_table(
    connection: "DuckDBPyConnection", table: str, source: str, platform: str, stream: str, loaded_at: datetime
) -> Merged:
    """Merge one table of a stream's rows, inside the caller's transaction; the table is empty afterwards."""
    columns, key = _declared_streams(connection, platform)[stream]
    query = f"select name, type from pragma_table_info('{check_name(table, 'table')}')"
    types = dict(connection.execute(query).fetchall())
    rows = versions.Stream(f"raw_{platform}.{stream}", table, columns, key, types)
    return _merge_stream(connection, rows, source, loaded_at)


def known(path: Path, *, source: str, platform: str, stream: str) -> "pa.Table":
    """The key columns of everything this source has that its latest version does not call gone; no erased account's."""
    with opened(path, read_only=True) as connection:
        declared = _declared_streams(connection, platform)
        if stream not in declared:
            raise WarehouseError(f"{platform} declares no stream {stream}: one of {', '.join(sorted(declared))}")
        columns, key = declared[stream]
        names = ", ".join(identifier(name) for name in key)
        flags = [f"coalesce({name}, false)" for name in _GONE if name in columns]
        place = ", ".join(versions.PLACE)
        # the platform knows no erased account by that name: asked after, it would seem to have left
        erased = "select account from raw.erased_accounts where source = ?"
        accounts = [f"{name}::varchar not in ({erased})" for name in _key_accounts(connection, platform, stream)]
        query = f"""
            select {names} from raw_{platform}.{stream}
            where {" and ".join(["source = ?", *accounts])} group by {names}
            having not arg_max({" or ".join(flags) or "false"}, ({place}))
        """
        return connection.execute(query, [source] * (1 + len(accounts))).to_arrow_table()


def _merge_stream(
    connection: "DuckDBPyConnection", stream: versions.Stream, source: str, loaded_at: datetime
) -> Merged:
    received = int(scalar(connection, f"select count(*) from {stream.landing}"))
    if not received:
        return Merged(0, 0, 0)
    connection.execute(f"create or replace temp table before as {versions.before(stream)}", [source])
    connection.execute(f"create or replace temp table dropped as {versions.dropped(stream)}")
    landed = int(scalar(connection, versions.insertion(stream), [source, loaded_at]))
    connection.execute(f"delete from {stream.landing}")
    connection.execute("drop table before; drop table dropped")
    return Merged(received, landed, received - landed)


def _move_rejected(
    connection: "DuckDBPyConnection", schema: str, types: Mapping[str, str], given: Mapping[str, Any]
) -> None:
    moment = next((name for name in ("rejected_at", "observed_at") if name in types), None)
    values = {"rejected_at": f"{moment or 'null'}::timestamp"}
    _move(connection, schema, "rejected", types, {**given, "rejected_at": given["loaded_at"]}, values, _REJECTED_ONCE)


def _move_coverage(
    connection: "DuckDBPyConnection", schema: str, types: Mapping[str, str], given: Mapping[str, Any]
) -> None:
    values = {"recorded_at": "null::timestamp"}
    _move(connection, schema, "coverage", types, {**given, "recorded_at": given["loaded_at"]}, values, _COVERAGE_ONCE)


def _move(
    connection: "DuckDBPyConnection",
    schema: str,
    name: str,
    types: Mapping[str, str],
    defaults: Mapping[str, Any],
    values: Mapping[str, str],
    once: tuple[str, ...],
) -> None:
    """Append the rows of one landing table that raw does not hold yet, and empty it."""
    columns = OWNED[f"raw.{name}"]
    landing = f"{schema}.{name}"
    selected, parameters = [], []
    for column, kind in columns.items():
        found = values.get(column, f"{identifier(column)}::{kind}" if column in types else f"null::{kind}")
        if column in defaults:
            # the source is ours to say; anything else only where the landed row is silent
            found = f"?::{kind}" if column == "source" else f"coalesce({found}, ?::{kind})"
            parameters.append(defaults[column])
        selected.append(f"{found} as {identifier(column)}")
    keys = ", ".join(identifier(column) for column in once)
    same = " and ".join(f"r.{identifier(c)} is not distinct from l.{identifier(c)}" for c in ("source", *once))
    names = ", ".join(identifier(column) for column in columns)
    query = f"""
        insert into raw.{name} ({names})
        select {names}
        from (select distinct on ({keys}) * from (select {", ".join(selected)} from {landing}) order by all) as l
        anti join raw.{name} as r on {same}
        order by all
    """
    connection.execute(query, parameters)
    connection.execute(f"delete from {landing}")


def _landing_tables(connection: "DuckDBPyConnection", schema: str) -> dict[str, dict[str, str]]:
    """Table to column to DuckDB type, without dlt's own tables."""
    query = """
        select table_name, column_name, data_type from duckdb_columns()
        where database_name = current_database() and schema_name = ? and not starts_with(table_name, '_dlt_')
        order by table_name, column_index
    """
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(query, [schema]).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _key_accounts(connection: "DuckDBPyConnection", platform: str, stream: str) -> list[str]:
    query = "select column_name from raw.declarations where platform = ? and stream = ? and is_key and is_account"
    return [identifier(name) for (name,) in connection.execute(query, [platform, stream]).fetchall()]


def _declared_streams(
    connection: "DuckDBPyConnection", platform: str
) -> dict[str, tuple[dict[str, str], tuple[str, ...]]]:
    query = """
        select stream, column_name, column_type, is_key from raw.declarations
        where platform = ? order by stream, position
    """
    streams: dict[str, tuple[dict[str, str], list[str]]] = {}
    for stream, column, kind, is_key in connection.execute(query, [platform]).fetchall():
        columns, key = streams.setdefault(stream, ({}, []))
        columns[column] = kind
        if is_key:
            key.append(column)
    if not streams:
        raise WarehouseError(f"the build database knows no platform {platform}: prepare it with the declarations first")
    return {stream: (columns, tuple(key)) for stream, (columns, key) in streams.items()}
