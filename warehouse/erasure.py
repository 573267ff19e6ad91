"""Erases people from the build database: their rows become skeletons, what others wrote of them is scrubbed."""

# ruff: noqa: S608  (names in the SQL come from declarations; values are parameters)

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from warehouse import versions
from warehouse.connect import identifier, scalar
from warehouse.rows import insert

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

__all__ = ["Erased", "Table", "drop_rejected", "drop_texts", "erase_own", "erase_threads", "scrub"]

_BATCH = 5_000
_WORDS = {"ops.runs": ("message",), "ops.quality_results": ("observed", "expected"), "raw.coverage": ("reason",)}


class Personal(Protocol):
    """Which columns of a stream are about people (sources.streams.Personal)."""

    @property
    def owner(self) -> str | None: ...
    @property
    def accounts(self) -> tuple[str, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def thread(self) -> str | None: ...
    @property
    def thread_texts(self) -> tuple[str, ...]: ...
    @property
    def opener(self) -> tuple[str, int] | None: ...


@dataclass(frozen=True)
class Table:
    """A raw table of a source: its name, its declared columns, those about people."""

    source: str
    stream: str
    name: str
    columns: Mapping[str, str]
    personal: Personal


@dataclass(frozen=True)
class Erased:
    """An account to erase: its id as it is kept, and what it is called from now on."""

    source: str
    account: str
    label: str


def erase_own(connection: "DuckDBPyConnection", table: Table, erased: Erased) -> int:
    """Turn an account's rows into skeletons: no name, no word, no payload, another id; returns how many."""
    personal = table.personal
    if personal.owner is None:
        return 0
    owner = identifier(personal.owner)
    lists = [name for name in personal.accounts if table.columns[name].endswith("[]")]
    gone = ", ".join(f"{identifier(name)} = null" for name in (*personal.names, *personal.texts, *lists, "payload"))
    kind = table.columns[personal.owner]
    where = f"source = ? and {owner}::varchar = ?"
    update = f"update {table.name} set {owner} = ?::{kind}, {gone} where {where}"
    count = int(scalar(connection, update, [erased.label, table.source, erased.account]) or 0)
    if count:
        _rehash(connection, table, where, [table.source, erased.label])
    return count


def erase_threads(connection: "DuckDBPyConnection", table: Table, erased: Erased) -> list[str]:
    """Take the titles an erased account gave from every message of its threads; returns the threads."""
    personal = table.personal
    if not (personal.thread and personal.thread_texts and personal.opener and personal.owner):
        return []
    thread, (opener, value) = identifier(personal.thread), personal.opener
    query = f"""
        select distinct {thread}::varchar from {table.name}
        where source = ? and {identifier(personal.owner)}::varchar = ? and {identifier(opener)} = ?
    """
    threads = [row[0] for row in connection.execute(query, [table.source, erased.label, value]).fetchall() if row[0]]
    gone = ", ".join(f"{identifier(name)} = null" for name in (*personal.thread_texts, "payload"))
    where = f"source = ? and {thread}::varchar in (select unnest(?::varchar[]))"
    connection.execute(f"update {table.name} set {gone} where {where}", [table.source, threads])
    _rehash(connection, table, where, [table.source, threads])
    return threads


def scrub(
    connection: "DuckDBPyConnection",
    table: Table,
    needles: Collection[str],
    accounts: Collection[str],
    change: Callable[["pa.Table"], "pa.Table"],
) -> int:
    """Pass other people's rows that may name an erased person through `change`; returns how many were changed.

    `needles` are texts in lower case of which every such row has one; `accounts` are native ids.
    """
    personal = table.personal
    kept = [*personal.accounts, *personal.names, *personal.texts]
    where, parameters = _suspects(table, needles, accounts)
    names = ", ".join(identifier(name) for name in (*kept, "payload"))
    query = f"select rowid as row_number, {names} from {table.name} where source = ? and ({where})"
    rows = connection.execute(query, [table.source, *parameters]).to_arrow_table()
    changed = 0
    for batch in _changes(rows, change):
        changed += len(batch)
        connection.register("scrubbed", batch)
        sets = ", ".join(f"{identifier(name)} = scrubbed.{identifier(name)}" for name in (*kept, "payload"))
        same = f"{table.name}.rowid = scrubbed.row_number"
        connection.execute(f"update {table.name} set {sets}, row_hash = null from scrubbed where {same}")
        connection.unregister("scrubbed")
    if changed:  # told by its absence: an update of a list moves the row to another row id
        _rehash(connection, table, "source = ? and row_hash is null", [table.source])
    return changed


def entomb(
    connection: "DuckDBPyConnection", erased: Sequence[Erased], marks: Mapping[str, Collection[str]], at: datetime
) -> None:
    """Leave the marks by which the erased are known again, and what their rows are called."""
    rows = [(source, mark, at) for source, found in marks.items() for mark in sorted(found)]
    for source, mark, _ in rows:
        connection.execute("delete from raw.erased where source = ? and mark = ?", [source, mark])
    insert(connection, "raw.erased", rows)
    insert(connection, "raw.erased_accounts", [(one.source, one.label, at) for one in erased])


def drop_roles(connection: "DuckDBPyConnection", source: str, names: Collection[str]) -> None:
    """Remove an account, by id and handles, from the declared staff, bots and identities."""
    for table in ("raw.staff", "raw.bots", "raw.identities"):
        delete = f"delete from {table} where source = ? and lower(account) in (select unnest(?::varchar[]))"
        connection.execute(delete, [source, sorted(name.lower() for name in names)])


def scrub_rejected(connection: "DuckDBPyConnection", source: str, names: Callable[[str, str], bool]) -> int:
    """Null the payloads of rejected records for which `names(stream, json)` is true; returns how many."""
    query = """
        select rowid, stream, record, payload from raw.rejected
        where source = ? and (payload is not null or record is not null)
    """
    rows = connection.execute(query, [source]).fetchall()
    hit = [row for row, stream, *texts in rows if any(names(stream, text) for text in texts if text)]
    update = "update raw.rejected set payload = null, record = null where rowid in (select unnest(?::bigint[]))"
    connection.execute(update, [hit])
    return len(hit)


def scrub_messages(connection: "DuckDBPyConnection", change: Callable[[str], str]) -> None:
    """Pass what runs, checks and coverage said in words through `change`."""
    for table, columns in _WORDS.items():
        for column in columns:
            query = f"select distinct {column} from {table} where {column} is not null"
            for (text,) in connection.execute(query).fetchall():
                if (after := change(text)) != text:
                    connection.execute(f"update {table} set {column} = ? where {column} = ?", [after, text])


def empty_landing(connection: "DuckDBPyConnection", source: str) -> None:
    """Delete what waits in a source's landing tables: it is read again."""
    query = """
        select table_name from information_schema.tables
        where table_catalog = current_database() and table_schema = ? and not starts_with(table_name, '_dlt_')
    """
    schema = f"landing_{source}"
    for (name,) in connection.execute(query, [schema]).fetchall():
        connection.execute(f"delete from {schema}.{identifier(name)}")


def drop_texts(
    connection: "DuckDBPyConnection", table: str, columns: Mapping[str, str], texts: Sequence[str], before: datetime
) -> int:
    """Null the texts and payloads of messages older than `before`; returns how many rows changed."""
    names = [identifier(name) for name in (*texts, "payload")]
    any_left = " or ".join(f"{name} is not null" for name in names)
    where = f"created_at < ?::timestamp and ({any_left})"
    gone = ", ".join(f"{name} = null" for name in names)
    count = int(scalar(connection, f"update {table} set {gone} where {where}", [before]) or 0)
    if count:
        rehash = f"update {table} set row_hash = {versions.row_hash(columns)} where created_at < ?::timestamp"
        connection.execute(rehash, [before])
    return count


def drop_rejected(connection: "DuckDBPyConnection", before: datetime) -> int:
    """Null the payloads of records rejected before a moment; returns how many."""
    update = """
        update raw.rejected set payload = null, record = null
        where rejected_at < ?::timestamp and (payload is not null or record is not null)
    """
    return int(scalar(connection, update, [before]) or 0)


def _rehash(connection: "DuckDBPyConnection", table: Table, where: str, parameters: list[Any]) -> None:
    """What reads equal later must hash equal: the hash is of what is kept."""
    update = f"update {table.name} set row_hash = {versions.row_hash(table.columns)} where {where}"
    connection.execute(update, parameters)


def _suspects(table: Table, needles: Collection[str], accounts: Collection[str]) -> tuple[str, list[Any]]:
    escaped = {json.dumps(needle)[1:-1].lower() for needle in needles}
    looked_for = sorted({*needles, *escaped})
    personal = table.personal
    lists = [name for name in (*personal.accounts, *personal.names) if table.columns[name].endswith("[]")]
    texts = [f"{identifier(name)}" for name in (*personal.texts, "payload")]
    texts += [f"to_json({identifier(name)})::varchar" for name in lists]
    finds = [f"list_bool_or(list_transform(?::varchar[], lambda n: contains(lower({text}), n)))" for text in texts]
    conditions, parameters = list(finds), [looked_for] * len(finds)
    for name in personal.accounts:
        if name not in lists:
            conditions.append(f"{identifier(name)}::varchar in (select unnest(?::varchar[]))")
            parameters.append(sorted(accounts))
    return " or ".join(conditions) or "false", parameters


def _changes(rows: "pa.Table", change: Callable[["pa.Table"], "pa.Table"]) -> Iterator["pa.Table"]:
    """Those rows that came out different."""
    import pyarrow as pa

    for start in range(0, len(rows), _BATCH):
        batch = rows.slice(start, _BATCH).combine_chunks()
        after = change(batch)
        differ = [a != b for a, b in zip(batch.to_pylist(), after.to_pylist(), strict=True)]
        if any(differ):
            yield after.filter(pa.array(differ, pa.bool_()))
