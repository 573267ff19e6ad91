"""Gathers pages into typed Arrow tables of ten to twenty thousand rows; rejects and coverage become rows too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import pyarrow as pa

from sources.connector import Bulk, Connector, Context, Coverage, Item, Page
from sources.streams import Rejected, to_table
from sources.table import schema, stamped

CONVERTED_ROWS = 2_000
TABLE_ROWS = 16_000
TABLE_BYTES = 64 * 1024 * 1024
PAYLOAD_BYTES = 8 * 1024 * 1024
_TIME = pa.timestamp("us")
REJECTED = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("source", "platform", "stream", "run_id", "column", "reason", "record_hash")
        ),
        ("payload", pa.string()),
        ("record", pa.string()),
        ("rejected_at", _TIME),
    ]
)
COVERAGE = pa.schema(
    [
        ("source", pa.string()),
        ("stream", pa.string()),
        ("observed_from", _TIME),
        ("observed_to", _TIME),
        ("reason", pa.string()),
        ("run_id", pa.string()),
        ("recorded_at", _TIME),
    ]
)

Treatment: TypeAlias = Callable[[str, pa.Table], pa.Table]
Named: TypeAlias = tuple[str, pa.Table]


def landing_schemas(connector: Connector) -> dict[str, pa.Schema]:
    """Every table a connector can land, by name."""
    return {stream.name: schema(stream) for stream in connector.streams} | {"rejected": REJECTED, "coverage": COVERAGE}


@dataclass
class Tally:
    """Records by stream: given by the connector, set aside as rejected, kept out at the door."""

    received: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


class Batches:
    """Takes items in, gives named tables out as soon as one is large enough; `flush` gives the rest."""

    def __init__(
        self, connector: Connector, context: Context, seq: int, treat: Treatment | None, keep_payload: bool
    ) -> None:
        """`seq` numbers the rows of a source on and on; `treat` changes a table at the door (privacy)."""
        self.connector, self.context, self.seq = connector, context, seq
        self.treat, self.keep_payload = treat, keep_payload
        self.pages = 0
        self.tally = Tally()
        self._records: dict[str, _Records] = {}
        self._tables: dict[str, list[pa.Table]] = {}
        self._notes: dict[str, list[dict[str, Any]]] = {"rejected": [], "coverage": []}

    @property
    def rows(self) -> int:
        """Records received."""
        return self.tally.received.total()

    @property
    def rejected(self) -> int:
        """Records set aside."""
        return self.tally.rejected.total()

    def add(self, item: Item) -> Iterator[Named]:
        """Takes one item in."""
        if isinstance(item, Coverage):
            row = asdict(item) | {"source": self.context.source, "run_id": self.context.run_id}
            self._notes["coverage"].append(row | {"recorded_at": self.context.now})
        elif isinstance(item, Rejected):
            self._reject([item])
            self.tally.received[item.stream] += 1
        elif isinstance(item, Bulk):
            yield from self._bulk(item)
        else:
            yield from self._page(item)

    def flush(self) -> Iterator[Named]:
        """All that is left, converted."""
        for name in list(self._records):
            yield from self._convert(name)
        for name in list(self._tables):
            yield from self._give(name)
        yield from self._give_rejected()
        if rows := self._notes["coverage"]:
            yield "coverage", pa.Table.from_pylist(rows, COVERAGE)
            self._notes["coverage"] = []

    def _page(self, page: Page) -> Iterator[Named]:
        self.pages += 1
        self.tally.received[page.stream] += len(page.records)
        waiting = self._records.setdefault(page.stream, _Records())
        waiting.take(page, self.keep_payload)
        if len(waiting.records) < CONVERTED_ROWS and waiting.size < PAYLOAD_BYTES:
            return
        yield from self._convert(page.stream)
        yield from self._give_if_large(page.stream)

    def _bulk(self, bulk: Bulk) -> Iterator[Named]:
        """A table that is typed already: it only gets its stamp."""
        context = self.context
        stamp = context.stamp(self.seq)
        self.pages += 1
        self.tally.received[bulk.stream] += len(bulk.table)
        self.seq += len(bulk.table)
        table = stamped(self.connector.stream(bulk.stream), bulk.table, stamp)
        self._tables.setdefault(bulk.stream, []).append(self._treated(bulk.stream, table))
        yield from self._give_if_large(bulk.stream)

    def _give_if_large(self, name: str) -> Iterator[Named]:
        tables = self._tables.get(name, [])
        if sum(map(len, tables)) >= TABLE_ROWS or sum(table.nbytes for table in tables) >= TABLE_BYTES:
            yield from self._give(name)

    def _convert(self, name: str) -> Iterator[Named]:
        """Turns the waiting records into a table, which waits on for company."""
        waiting, context = self._records.pop(name), self.context
        stamp = context.stamp(self.seq)
        table, rejected = to_table(self.connector.stream(name), waiting.records, waiting.payloads, stamp)
        self.seq += len(waiting.records)
        self._reject(rejected)
        if len(table):
            self._tables.setdefault(name, []).append(self._treated(name, table))
        if len(self._notes["rejected"]) >= CONVERTED_ROWS:
            yield from self._give_rejected()

    def _treated(self, name: str, table: pa.Table) -> pa.Table:
        """The table as it left the door."""
        if self.treat is None:
            return table
        treated = self.treat(name, table)
        self.tally.dropped[name] += len(table) - len(treated)
        return treated

    def _give_rejected(self) -> Iterator[Named]:
        if rows := self._notes["rejected"]:
            table = pa.Table.from_pylist(rows, REJECTED)
            yield "rejected", self.treat("rejected", table) if self.treat else table
            self._notes["rejected"] = []

    def _give(self, name: str) -> Iterator[Named]:
        tables = self._tables.pop(name)
        yield name, pa.concat_tables(tables).combine_chunks()

    def _reject(self, rejected: list[Rejected]) -> None:
        self.tally.rejected.update(row.stream for row in rejected)
        context = self.context
        stamp = {"source": context.source, "run_id": context.run_id, "rejected_at": context.now}
        for row in rejected:
            kept = {} if self.keep_payload else {"payload": None, "record": None}
            self._notes["rejected"].append(asdict(row) | stamp | {"platform": self.connector.platform} | kept)


class _Records:
    """Records of one stream that wait to be converted together."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.payloads: list[bytes | str | None] = []
        self.size = 0

    def take(self, page: Page, keep_payload: bool) -> None:
        self.records += page.records
        nothing: list[bytes | str | None] = [None] * len(page.records)
        given = nothing if page.payloads is None or not keep_payload else [*page.payloads]
        self.payloads += given
        self.size += sum(len(payload) for payload in given if payload is not None)
