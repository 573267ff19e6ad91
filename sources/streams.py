"""Declares what a stream is: typed columns, a key, and the features taken from its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Type = Literal["string", "int64", "bool", "double", "timestamp", "list<string>"]
Markup = Literal["markdown", "slack"]

AHEAD = timedelta(hours=1)  # how far a platform's clock may run before ours; the gate allows no more

DUCKDB_TYPES: Mapping[Type, str] = {
    "string": "varchar",
    "int64": "bigint",
    "bool": "boolean",
    "double": "double",
    "timestamp": "timestamp",
    "list<string>": "varchar[]",
}


@dataclass(frozen=True)
class Column:
    """One declared column; a row without a required one is rejected (tombstones need only their key)."""

    name: str
    type: Type
    required: bool = False


@dataclass(frozen=True)
class Features:
    """Which columns hold the text and title that text_length, links_count, has_question and mentions come from."""

    text: str
    markup: Markup
    title: str | None = None


@dataclass(frozen=True)
class Personal:
    """Which columns of a stream are about people; the privacy at the door and erasure go by it.

    `owner`: the native id of the account a row belongs to. `accounts`: further columns with account ids, or lists of
    them. `names`: what a person is called (handles, names, lists of handles, hashes of addresses). `texts`: people's
    words, with titles, slugs and addresses. `thread`: the thread a row stands in, where `thread_texts` (the opener's
    title) stand on every message of it; `opener`: the column, and its value, that marks the opening message.
    `ids_are_names`: the platform's account ids name the person (@alice:example.org).
    """

    owner: str | None = None
    accounts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    thread: str | None = None
    thread_texts: tuple[str, ...] = ()
    opener: tuple[str, int] | None = None
    ids_are_names: bool = False

    @property
    def account_columns(self) -> tuple[str, ...]:
        """Every column that holds account ids."""
        return ((self.owner,) if self.owner else ()) + self.accounts


@dataclass(frozen=True)
class Stream:
    """One declared stream: its name, its columns in order, the names of its key columns, what in it is about people."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    features: Features | None = None
    personal: Personal = Personal()

    def duckdb_types(self) -> dict[str, str]:
        """The declared columns with the types the warehouse keeps them in."""
        return {column.name: DUCKDB_TYPES[column.type] for column in self.columns}


@dataclass(frozen=True)
class Stamp:
    """Where rows come from: source, run, moment of observation (naive UTC), the first row's number in the run.

    `present` is when they are read: a run goes on while its moment of observation stands still.
    """

    source: str
    run_id: str
    observed_at: datetime
    seq: int = 0
    present: datetime | None = None

    @property
    def latest(self) -> datetime:
        """The last instant that a date may tell of."""
        return (self.present or self.observed_at) + AHEAD


@dataclass(frozen=True)
class Rejected:
    """A record that breaks the declaration: kept with its reason, never silently dropped.

    `payload` is the platform's own JSON, `record` what was to be converted: it is what a retry reads.
    """

    stream: str
    column: str | None
    reason: str
    record_hash: str
    payload: str | None
    record: str | None = None


def columns(declaration: str) -> tuple[Column, ...]:
    """Reads a declaration such as 'id! int64, name string'; '!' marks a required column."""
    parts = (part.split() for part in declaration.split(",") if part.strip())
    return tuple(Column(name.rstrip("!"), _type(kind), name.endswith("!")) for name, kind in parts)


def _type(kind: str) -> Type:
    """The declared type of that name; a misspelt one fails where it is declared."""
    return next(known for known in DUCKDB_TYPES if known == kind)


def to_table(
    stream: Stream,
    records: Sequence[Mapping[str, Any]],
    payloads: Sequence[bytes | str | None] | None,
    stamp: Stamp,
) -> tuple[pa.Table, list[Rejected]]:
    """Turns API records into a typed table (declared columns, payload, stamp); what does not fit is returned rejected.

    Rows landed plus rows rejected equals records received.
    """
    from sources.table import convert  # pyarrow is slow to import: the registry must stay quick

    return convert(stream, records, payloads, stamp)
