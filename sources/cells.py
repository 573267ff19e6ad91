"""Casts one column of JSON values to its declared type: whole if it can, cell by cell only where it cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.streams import Type

ARROW_TYPES: Mapping[Type, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us"),
    "list<string>": pa.list_(pa.string()),
}
EARLIEST = datetime(1990, 1, 1)
OUT_OF_RANGE = "a date before 1990 or more than an hour ahead"
_UTC = pa.timestamp("us", tz="UTC")
_EPOCH = datetime(1970, 1, 1)
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")


def cast(values: Sequence[Any], kind: Type, latest: datetime) -> tuple[pa.Array, dict[int, str]]:
    """The column as Arrow, and for each cell that does not fit its reason (the cell is null then).

    `latest` is the last instant a date may tell of.
    """
    try:
        return _COLUMN[kind](values, latest), {}
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
        return _one_by_one(values, kind, latest)


def _one_by_one(values: Sequence[Any], kind: Type, latest: datetime) -> tuple[pa.Array, dict[int, str]]:
    """The slow way: the reason for each cell that does not fit."""
    parse, cells, reasons = _CELL[kind], [], {}
    for index, value in enumerate(values):
        cell = None
        if value is not None:
            try:
                cell = parse(value, latest)
            except (ArithmeticError, ValueError) as error:
                reasons[index] = str(error)
        cells.append(cell)
    return pa.array(cells, ARROW_TYPES[kind]), reasons


def _expect(array: pa.Array, *kinds: pa.DataType) -> pa.Array:
    """The array if it is of one of the types or all null: arrow would turn 1.5 into 1 and true into 1 silently."""
    if array.type not in kinds and not pa.types.is_null(array.type):
        raise ValueError(f"not {kinds[0]}")
    return array.cast(kinds[0])


def _strings(values: Sequence[Any], _latest: datetime) -> pa.Array:
    return pa.array(values, pa.string())


def _integers(values: Sequence[Any], _latest: datetime) -> pa.Array:
    return _expect(pa.array(values), pa.int64())


def _booleans(values: Sequence[Any], _latest: datetime) -> pa.Array:
    return _expect(pa.array(values), pa.bool_())


def _doubles(values: Sequence[Any], _latest: datetime) -> pa.Array:
    array = _expect(pa.array(values), pa.float64(), pa.int64())
    if not pc.all(pc.is_finite(array), min_count=0).as_py():
        raise ValueError("not finite")
    return array


def _lists(values: Sequence[Any], _latest: datetime) -> pa.Array:
    return _expect(pa.array(values), pa.list_(pa.string()), pa.list_(pa.null()))


def _timestamps(values: Sequence[Any], latest: datetime) -> pa.Array:
    array = pa.array(values)
    if pa.types.is_string(array.type):
        array = _parse_strings(array)
    elif pa.types.is_int64(array.type):
        array = pc.multiply_checked(array, 1_000_000)
    elif pa.types.is_floating(array.type):
        array = pc.round(pc.multiply(array, 1e6)).cast(pa.int64())
    elif pa.types.is_timestamp(array.type):
        array = array.cast(_UTC if array.type.tz else pa.timestamp("us"))
    elif not pa.types.is_null(array.type):
        raise ValueError("not a date")
    # a view keeps the instants and drops only the zone's name
    array = array.cast(pa.timestamp("us")) if pa.types.is_null(array.type) else array.view(pa.timestamp("us"))
    bounds = pc.min_max(array).as_py()
    if bounds["min"] is not None and not EARLIEST <= bounds["min"] <= bounds["max"] <= latest:
        raise ValueError(OUT_OF_RANGE)
    return array


def _parse_strings(array: pa.Array) -> pa.Array:
    """ISO 8601 with a zone, or seconds since 1970 written as text (exact to the microsecond)."""
    try:
        return pc.cast(array, _UTC)
    except pa.ArrowInvalid:
        seconds = pc.cast(array, pa.decimal128(20, 6))
        micro = pc.multiply(seconds, pa.scalar(Decimal(1_000_000), pa.decimal128(7, 0)))
        return pc.cast(micro, pa.int64())


_COLUMN: Mapping[Type, Callable[[Sequence[Any], datetime], pa.Array]] = {
    "string": _strings,
    "int64": _integers,
    "bool": _booleans,
    "double": _doubles,
    "timestamp": _timestamps,
    "list<string>": _lists,
}


def _string(value: Any, _latest: datetime) -> str:
    if isinstance(value, str):
        # half an emoji (a lone surrogate) must not cost the message
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("not text")


def _integer(value: Any, _latest: datetime) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    raise ValueError("not a whole number")


def _boolean(value: Any, _latest: datetime) -> bool:
    if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    raise ValueError("neither true nor false")


def _double(value: Any, _latest: datetime) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ValueError("not a number")


def _list(value: Any, latest: datetime) -> list[str]:
    if isinstance(value, list):
        return [_string(item, latest) for item in value]
    raise ValueError("not a list of texts")


def _timestamp(value: Any, latest: datetime) -> datetime:
    moment = _moment(value)
    if not EARLIEST <= moment <= latest:
        raise ValueError(OUT_OF_RANGE)
    return moment


def _moment(value: Any) -> datetime:
    """A naive UTC datetime of a datetime, an ISO text with a zone, or seconds since 1970."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("not a date") from None
        if moment.tzinfo is None:
            raise ValueError("a date without a time zone")
        return moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a date")
    try:
        return _EPOCH + timedelta(microseconds=round(Decimal(str(value)) * 1_000_000))
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(OUT_OF_RANGE) from None


_CELL: Mapping[Type, Callable[[Any, datetime], Any]] = {
    "string": _string,
    "int64": _integer,
    "bool": _boolean,
    "double": _double,
    "timestamp": _timestamp,
    "list<string>": _list,
}
