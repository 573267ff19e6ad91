"""Writes the core tables that the reach models read, from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

SCHEMA = """
create schema marts; create schema intermediate; create schema ops; create schema raw;
create table marts.dim_members (member_key varchar, role varchar, status varchar);
create table marts.fct_messages (message_key varchar, source varchar, channel_key varchar, member_key varchar,
    thread_key varchar, parent_message_key varchar, repost_message_key varchar, kind varchar, created_at timestamp,
    local_date date, is_counted boolean, views bigint);
create table marts.fct_interactions (interaction_key varchar, source varchar, from_member_key varchar,
    to_member_key varchar, kind varchar, occurred_at timestamp, local_date date, message_key varchar);
create table intermediate.int_scopes (scope varchar, source varchar, scope_as_of timestamp);
create table intermediate.int_scope_days (scope varchar, local_date date, uncovered_seconds double);
"""


@dataclass
class Community:
    """Rows of one warehouse; every source has its own as-of, 'all' the latest."""

    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    interactions: list[tuple[Any, ...]] = field(default_factory=list)
    spans: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    gaps: list[tuple[str, datetime, float]] = field(default_factory=list)

    def member(self, key: str, role: str = "member", status: str = "active") -> str:
        self.members.setdefault(key, (role, status))
        return key

    def message(
        self,
        source: str,
        key: str,
        author: str,
        at: datetime,
        *,
        channel: str | None = "main",
        thread: str | None = None,
        parent: str | None = None,
        repost: str | None = None,
        kind: str = "comment",
        counted: bool = True,
        views: int | None = None,
    ) -> str:
        self.member(author)
        named = [f"{source}:{value}" if value else None for value in (key, channel, thread, parent, repost)]
        self.messages.append(
            (named[0], source, named[1], author, *named[2:], kind, at, at.date(), counted, views),
        )
        return key

    def act(
        self, source: str, giver: str, receiver: str, kind: str, at: datetime | None, message: str | None = None
    ) -> None:
        self.member(giver)
        self.member(receiver)
        number, carrier = f"i{len(self.interactions)}", f"{source}:{message}" if message else None
        day = at.date() if at else None
        self.interactions.append((number, source, giver, receiver, kind, at, day, carrier))

    def source(self, name: str, first: datetime, as_of: datetime) -> None:
        self.spans[name] = (first, as_of)

    def write(self, path: Path) -> Path:
        with duckdb.connect(str(path)) as connection:
            connection.execute(SCHEMA)
            _fill(connection, "marts.dim_members", [(key, *rest) for key, rest in self.members.items()])
            _fill(connection, "marts.fct_messages", self.messages)
            _fill(connection, "marts.fct_interactions", self.interactions)
            ends = [end for _, end in self.spans.values()]
            rows = [(name, name, end) for name, (_, end) in self.spans.items()]
            rows += [("all", name, max(ends)) for name in self.spans]
            _fill(connection, "intermediate.int_scopes", rows)
            _fill(connection, "intermediate.int_scope_days", self._days())
        return path

    def _days(self) -> Iterable[tuple[Any, ...]]:
        missed = {(scope, day.date()): seconds for scope, day, seconds in self.gaps}
        starts, ends = zip(*self.spans.values(), strict=True)
        for scope, (first, last) in {**self.spans, "all": (min(starts), max(ends))}.items():
            for offset in range((last.date() - first.date()).days + 1):
                day = first.date() + timedelta(days=offset)
                yield scope, day, float(missed.get((scope, day), 0.0))


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    columns = [name for name, *_ in connection.execute(f"describe {table}").fetchall()]
    listed = list(rows)
    if listed:
        batch = pa.table({name: list(values) for name, values in zip(columns, zip(*listed, strict=True), strict=True)})
        connection.register("batch", batch)
        connection.execute(f"insert into {table} select * from batch")
        connection.unregister("batch")
