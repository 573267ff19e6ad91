"""Turns columns of text into a stream's typed columns: whole columns if they can be, cell by cell where they cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import ARROW_TYPES, EARLIEST, OUT_OF_RANGE
from sources.features import NAMES, features
from sources.files.streams import DEFAULTS, WORDS
from sources.streams import Features, Rejected, Stream, Type
from sources.table import reject

Reasons = dict[int, tuple[str, str]]
_UTC = pa.timestamp("us", tz="UTC")
_TRUTH = {"true": True, "false": False, "1": True, "0": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_FEATURES = Features(text="text", markup="markdown", title="title")


def convert(stream: Stream, texts: pa.Table, latest: datetime) -> tuple[pa.Table, list[Rejected]]:
    """A table of the declared columns, and the rows that break the declaration; rows in = rows out + rejected."""
    reasons: Reasons = {}
    arrays: dict[str, pa.Array] = {}
    for column in stream.columns:
        texts_of = _column(texts, column.name)
        arrays[column.name], failed = cast(texts_of, column.type, latest)
        for index, reason in failed.items():
            reasons.setdefault(index, (column.name, reason))
        _fill(stream, column.name, arrays)
        _check_words(stream, column.name, arrays[column.name], reasons)
    if stream.name == "messages":
        arrays |= _of_messages(arrays)
    _require(stream, arrays, reasons)
    table = pa.table(arrays)
    if not reasons:
        return table, []
    keep = pa.array([index not in reasons for index in range(len(table))], pa.bool_())
    rows = texts.take(pa.array(sorted(reasons))).to_pylist()
    bad = zip(sorted(reasons), rows, strict=True)
    return table.filter(keep), [reject(stream.name, row, None, *reasons[index]) for index, row in bad]


def cast(texts: pa.Array, kind: Type, latest: datetime) -> tuple[pa.Array, dict[int, str]]:
    """The column in its type, and for each cell that does not fit the reason."""
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), ARROW_TYPES[kind]), {}
    try:
        return _WHOLE_COLUMN[kind](texts, latest), {}
    except (pa.ArrowException, ValueError):
        return _one_by_one(texts, kind, latest)


def _one_by_one(texts: pa.Array, kind: Type, latest: datetime) -> tuple[pa.Array, dict[int, str]]:
    parse, cells, reasons = _CELL[kind], list[Any](), dict[int, str]()
    for index, text in enumerate(texts.to_pylist()):
        cells.append(None)
        try:
            cells[-1] = None if text is None else parse(text, latest)
        except (ValueError, OverflowError, msgspec.MsgspecError) as error:
            reasons[index] = str(error) if type(error) is ValueError else "not what it should be"
    return pa.array(cells, ARROW_TYPES[kind]), reasons


def _moments(texts: pa.Array, latest: datetime) -> pa.Array:
    array = pc.cast(texts, _UTC).view(pa.timestamp("us"))
    bounds = pc.min_max(array).as_py()
    if not EARLIEST <= bounds["min"] <= bounds["max"] <= latest:
        raise ValueError(OUT_OF_RANGE)
    return array


def _moment(text: str, latest: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("not a date: expected ISO 8601 with a zone, like 2024-05-01T12:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("a date without a time zone: expected ISO 8601 with a zone, like 2024-05-01T12:00:00Z")
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    if not EARLIEST <= naive <= latest:
        raise ValueError(OUT_OF_RANGE)
    return naive


def _truths(texts: pa.Array, _latest: datetime) -> pa.Array:
    return pc.cast(pc.utf8_lower(texts), pa.bool_())


def _truth(text: str, _latest: datetime) -> bool:
    if text.strip().lower() not in _TRUTH:
        raise ValueError("neither true nor false")
    return _TRUTH[text.strip().lower()]


def _integer(text: str, _latest: datetime) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError("not a whole number")
    return int(text)


def _doubles(texts: pa.Array, _latest: datetime) -> pa.Array:
    array = pc.cast(texts, pa.float64())
    if not pc.all(pc.is_finite(array), min_count=0).as_py():
        raise ValueError("not finite")
    return array


def _double(text: str, _latest: datetime) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError("not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not a finite number")
    return number


def _lists(texts: pa.Array, latest: datetime) -> pa.Array:
    distinct = pc.dictionary_encode(texts)  # most are empty: each is read once
    cells = pa.array([_list(text, latest) for text in distinct.dictionary.to_pylist()], ARROW_TYPES["list<string>"])
    return cells.take(distinct.indices)


def _list(text: str, _latest: datetime) -> list[str]:
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"), type=list[str])
    except msgspec.MsgspecError:
        raise ValueError('not a list: expected a JSON array of texts, like ["ann", "bob"]') from None
    return found


_WHOLE_COLUMN: Mapping[Type, Callable[[pa.Array, datetime], pa.Array]] = {
    "string": lambda texts, _latest: texts,
    "int64": lambda texts, _latest: pc.cast(texts, pa.int64()),
    "bool": _truths,
    "double": _doubles,
    "timestamp": _moments,
    "list<string>": _lists,
}
_CELL: Mapping[Type, Callable[[str, datetime], Any]] = {
    "string": lambda text, _latest: text,
    "int64": _integer,
    "bool": _truth,
    "double": _double,
    "timestamp": _moment,
    "list<string>": _list,
}


def _column(texts: pa.Table, name: str) -> pa.Array:
    if name not in texts.column_names:
        return pa.nulls(len(texts), pa.string())
    column = texts[name]
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _fill(stream: Stream, name: str, arrays: dict[str, pa.Array]) -> None:
    default = DEFAULTS.get((stream.name, name))
    if default is not None:
        arrays[name] = pc.fill_null(arrays[name], default)


def _check_words(stream: Stream, name: str, array: pa.Array, reasons: Reasons) -> None:
    if words := WORDS.get((stream.name, name)):
        strange = pc.and_(pc.is_valid(array), pc.invert(pc.is_in(array, pa.array(words))))
        for index in pc.indices_nonzero(strange).to_pylist():
            reasons.setdefault(index, (name, f"expected one of {', '.join(words)}"))


def _of_messages(arrays: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """What a file need not say: the features of the text, and that a row tells only of a deletion."""
    taken = features(_FEATURES, arrays["text"], arrays["title"])
    found = {name: taken[name] if _is_empty(arrays[name]) else _either(arrays[name], taken[name]) for name in NAMES}
    bare = pc.and_(pc.is_null(arrays["created_at"]), pc.is_valid(arrays["deleted_at"]))
    return found | {"is_tombstone": bare}


def _is_empty(array: pa.Array) -> bool:
    return bool(array.null_count == len(array))


def _either(given: pa.Array, taken: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(given), given, taken)


def _require(stream: Stream, arrays: Mapping[str, pa.Array], reasons: Reasons) -> None:
    """Marks rows without a required value; a row that tells only of a deletion needs only its key."""
    for column in stream.columns:
        array = arrays[column.name]
        if not column.required or not array.null_count:
            continue
        missing = pc.is_null(array)
        if column.name not in stream.key and "is_tombstone" in arrays:
            missing = pc.and_not(missing, arrays["is_tombstone"])
        for index in pc.indices_nonzero(missing).to_pylist():
            reasons.setdefault(index, (column.name, "missing"))
