"""Turns API records into one typed Arrow table of a stream; what breaks the declaration is returned as rejected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import ARROW_TYPES, cast
from sources.features import NAMES, features
from sources.streams import Column, Rejected, Stamp, Stream

Payload = bytes | str | None
Reasons = dict[int, tuple[str | None, str]]


def convert(
    stream: Stream,
    records: Sequence[Mapping[str, Any]],
    payloads: Sequence[Payload] | None,
    stamp: Stamp,
) -> tuple[pa.Table, list[Rejected]]:
    """See sources.streams.to_table."""
    reasons: Reasons = {i: (None, "not an object") for i, r in enumerate(records) if not isinstance(r, Mapping)}
    rows = [{} if i in reasons else r for i, r in enumerate(records)] if reasons else records
    arrays = _declared(stream, rows, stamp, reasons)
    arrays |= _features(stream, arrays)
    for column in stream.columns:
        _require(stream, column, arrays, reasons)
    texts = [as_text(payload) for payload in payloads or [None] * len(records)]
    arrays |= {"payload": pa.array(texts, pa.string())} | _stamped(stamp, len(records))
    table = pa.table(arrays)
    if not reasons:
        return table, []
    keep = pa.array([i not in reasons for i in range(len(records))], pa.bool_())
    rejected = [reject(stream.name, records[i], texts[i], *reasons[i]) for i in sorted(reasons)]
    return table.filter(keep), rejected


def schema(stream: Stream) -> pa.Schema:
    """The shape of the tables `convert` makes."""
    fields = [(column.name, ARROW_TYPES[column.type]) for column in stream.columns]
    texts = [(name, pa.string()) for name in ("payload", "source", "run_id")]
    return pa.schema([*fields, *texts, ("observed_at", pa.timestamp("us")), ("seq", pa.int64())])


def stamped(stream: Stream, table: pa.Table, stamp: Stamp) -> pa.Table:
    """A table of declared columns as it is landed: without payload, with its stamp."""
    arrays = dict(zip(table.column_names, table.columns, strict=True))
    extra = {"payload": pa.nulls(len(table), pa.string())} | _stamped(stamp, len(table))
    return pa.table(arrays | extra).select(schema(stream).names).cast(schema(stream))


def reject(stream: str, record: object, payload: Payload, column: str | None, reason: str) -> Rejected:
    """A record with the reason it was refused; the hash is of its JSON text."""
    own = json.dumps(record, default=str, ensure_ascii=False).encode("utf-8", "replace").decode()
    text = as_text(payload)
    text = own if text is None else text
    return Rejected(stream, column, reason, hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), text, own)


def as_text(payload: Payload) -> str | None:
    """The payload as text; bytes that are not UTF-8 are replaced, not refused."""
    if isinstance(payload, bytes | bytearray | memoryview | msgspec.Raw):
        return bytes(payload).decode("utf-8", "replace")
    return payload if payload is None else payload.encode("utf-8", "replace").decode()


def _declared(stream: Stream, rows: Sequence[Mapping[str, Any]], stamp: Stamp, reasons: Reasons) -> dict[str, pa.Array]:
    """The columns that come from the records themselves, in declared order; feature columns hold their place."""
    taken = NAMES if stream.features else ()
    arrays: dict[str, pa.Array] = {}
    for column in stream.columns:
        if column.name in taken:
            arrays[column.name] = pa.nulls(len(rows), ARROW_TYPES[column.type])
            continue
        arrays[column.name], failed = cast([row.get(column.name) for row in rows], column.type, stamp.latest)
        for index, reason in failed.items():
            reasons.setdefault(index, (column.name, reason))
    return arrays


def _features(stream: Stream, arrays: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    declared = stream.features
    if declared is None:
        return {}
    return features(declared, arrays[declared.text], arrays[declared.title] if declared.title else None)


def _require(stream: Stream, column: Column, arrays: Mapping[str, pa.Array], reasons: Reasons) -> None:
    """Marks rows without a required value; a tombstone needs only its key."""
    array = arrays[column.name]
    if not column.required or not array.null_count:
        return
    missing = pc.is_null(array)
    if column.name not in stream.key and "is_tombstone" in arrays:
        missing = pc.and_not(missing, pc.fill_null(arrays["is_tombstone"], False))
    for index in pc.indices_nonzero(missing).to_pylist():
        reasons.setdefault(index, (column.name, "missing"))


def _stamped(stamp: Stamp, count: int) -> dict[str, pa.Array]:
    return {
        "source": pa.repeat(pa.scalar(stamp.source, pa.string()), count),
        "run_id": pa.repeat(pa.scalar(stamp.run_id, pa.string()), count),
        "observed_at": pa.repeat(pa.scalar(stamp.observed_at, pa.timestamp("us")), count),
        "seq": pa.array(range(stamp.seq, stamp.seq + count), pa.int64()),
    }
