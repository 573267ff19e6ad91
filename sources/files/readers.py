"""Reads CSV, JSON lines and Parquet in batches as columns of text; what is no row comes out with its reason."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sources.files.heads import LINES, File, Head, buffers, delimiter, place

BATCH_ROWS = 16_384


@dataclass(frozen=True)
class Broken:
    """A line that is no row."""

    text: str
    reason: str


def read(connection: Any, file: File, known: Head, max_bytes: int) -> Iterator[pa.Table | Broken]:
    """Batches of text columns under their declared names."""
    if not known.ours:
        return
    size = 0
    for item in {"csv": _csv, "json": _json, "parquet": _parquet}[file.format](connection, file, known.ours):
        if isinstance(item, pa.Table):
            size += item.nbytes
            if size > max_bytes:
                raise file.bad(f"it expands beyond {max_bytes} bytes", "raise max_file_bytes if you trust the file")
        yield item


def _csv(connection: Any, file: File, ours: Collection[tuple[str, str]]) -> Iterator[pa.Table | Broken]:
    names = ", ".join(f'"{_quoted(name)}" as "{column}"' for column, name in ours)
    query = f"""
        select {names} from read_csv(
            ?, header = true, all_varchar = true, sample_size = 1, delim = ?, quote = '"', escape = '"', nullstr = '',
            store_rejects = true, rejects_limit = 100000, max_line_size = ?, buffer_size = ?)
    """  # noqa: S608  declared names and the header's, quoted
    yield from _batches(connection, query, [place(file), delimiter(file), *buffers(file)])
    told = connection.execute("select distinct csv_line, error_type from reject_errors order by all").fetchall()
    connection.execute("truncate reject_errors; truncate reject_scans")
    for line, kind in told:
        yield Broken(line or "", f"not a row of this CSV file ({str(kind).lower()})")


def _json(connection: Any, file: File, ours: Collection[tuple[str, str]]) -> Iterator[pa.Table | Broken]:
    shape = json.dumps({name: "VARCHAR" for _, name in ours})
    names = ", ".join(f'row."{_quoted(name)}" as "{column}"' for column, name in ours)
    # each line is parsed once: what is no object comes out whole; to trim every line would cost more than to parse it
    query = f"""
        select {names}, case when row is null then line end as broken from (
            select line, try(from_json(case when starts_with(ltrim(line), '{{') then line end, ?)) as row from {LINES}
        ) where line is not null
    """  # noqa: S608  declared names and the file's own, quoted
    for table in _batches(connection, query, [shape, place(file), *buffers(file)]):
        broken = table["broken"]
        table = table.drop_columns(["broken"])
        if broken.null_count == len(broken):
            yield table
            continue
        yield table.filter(broken.is_null())
        for line in broken.drop_null().to_pylist():
            if line.strip():
                yield _mended(line, ours)


def _mended(line: str, ours: Collection[tuple[str, str]]) -> pa.Table | Broken:
    """Half an emoji, which the fast parser refuses, must not cost the row."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Broken(line, "not JSON")
    if not isinstance(found, dict):
        return Broken(line, "not an object")
    row = {column: [_text(found.get(name))] for column, name in ours}
    return pa.table({column: pa.array(cell, pa.string()) for column, cell in row.items()})


def _text(value: Any) -> str | None:
    text = value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)
    return None if text is None else text.encode("utf-8", "replace").decode()


def _parquet(connection: Any, file: File, ours: Collection[tuple[str, str]]) -> Iterator[pa.Table | Broken]:
    types = {row[0]: row[1] for row in connection.execute("describe from read_parquet(?)", [place(file)]).fetchall()}
    parts = []
    for column, name in ours:
        if types[name] in ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"):
            raise file.bad(f"the column {name} has dates without a time zone", "write it as UTC timestamps with a zone")
        cell = f'"{_quoted(name)}"'
        value = f"to_json({cell})::varchar" if types[name].endswith("]") else f"{cell}::varchar"
        parts.append(f'{value} as "{column}"')
    yield from _batches(connection, f"select {', '.join(parts)} from read_parquet(?)", [place(file)])  # noqa: S608  as above


def _batches(connection: Any, query: str, parameters: list[Any]) -> Iterator[pa.Table]:
    reader = connection.execute(query, parameters).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        yield pa.Table.from_batches([batch])


def _quoted(name: str) -> str:
    return name.replace('"', '""')
