"""Finds the files of a source, reads those that are new or changed, and says what time they cover."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.connector import Bulk, Context, Coverage, Finding, Item
from sources.errors import NotFound, SourceError
from sources.files.heads import File, engine, head, one_line
from sources.files.readers import Broken
from sources.files.readers import read as read_file
from sources.files.streams import MOMENT, STREAMS
from sources.files.texts import convert
from sources.table import reject

_FORMATS = {"csv": "csv", "tsv": "csv", "jsonl": "json", "ndjson": "json", "json": "json", "parquet": "parquet"}
_NAME = re.compile(r"([a-z]+)([-_. ].*)?\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?", re.IGNORECASE)
_CURE = "name the folder that holds files like messages.csv or accounts.jsonl"
_BLOCK = 1024 * 1024


def read(context: Context) -> Iterator[Item]:
    """Rows of new and changed files, in the streams' order; a file is done when all of it was given."""
    done: dict[str, str] = context.state.setdefault("files", {})
    marks = {file: fingerprint(file.path) for file in find(context)}
    changed = [file for file in marks if context.full or done.get(_key(file, context)) != marks[file]]
    if changed:
        with engine() as connection:
            for file in changed:
                yield from _rows(connection, file, context)
                done[_key(file, context)] = marks[file]
    unchanged = len(marks) - len(changed)
    if unchanged:
        context.meter.notes.append(f"{unchanged} files have not changed since they were last read")
    yield from _coverage(context)


def examine(context: Context) -> list[Finding]:
    """One finding for each file."""
    try:
        files = find(context)
    except SourceError as error:
        return [Finding("error", str(error))]
    findings = []
    for file in files:
        try:
            with engine() as connection, one_line(file):
                ignored = head(connection, file).unknown
        except SourceError as error:
            findings.append(Finding("error", str(error)))
            continue
        findings.append(Finding("ok", f"{file.path.name}: {file.stream.name}"))
        if ignored:
            findings.append(Finding("warning", _ignored(file, ignored)))
    given = {file.stream.name for file in files}
    if "messages" not in given:
        findings.append(Finding("warning", "there is no messages file: no activity will be seen"))
    if missing := [stream.name for stream in STREAMS if stream.name not in given | {"messages"}]:
        findings.append(Finding("ok", f"what has no file is not seen: {', '.join(missing)}"))
    return findings


def find(context: Context) -> list[File]:
    """The files of a source, by stream and name; links are passed over."""
    path = context.options.path
    if glob.has_magic(str(path)) and not path.exists():
        found = [Path(one) for one in glob.glob(str(path))]
    elif path.is_dir():
        found = list(path.iterdir())
    else:
        found = [path]
    files = [file for one in found if one.is_file() and not one.is_symlink() and (file := _file(one, context))]
    if not files:
        raise NotFound(context.source, str(path), "there is no file named after a stream", _CURE)
    order = [stream.name for stream in STREAMS]
    return sorted(files, key=lambda file: (order.index(file.stream.name), str(file.path)))


def fingerprint(path: Path) -> str:
    """A hash of a file's content, whenever it was touched."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _file(path: Path, context: Context) -> File | None:
    match = _NAME.fullmatch(path.name)
    stream = next((one for one in STREAMS if match and one.name == match.group(1).lower()), None)
    if match is None or stream is None:
        return None
    return File(context.source, path, stream, _FORMATS[match.group(3).lower()])


def _key(file: File, context: Context) -> str:
    root = context.options.path
    return file.path.relative_to(root).as_posix() if root.is_dir() else str(file.path)


def _rows(connection: Any, file: File, context: Context) -> Iterator[Item]:
    limit = context.options.max_file_bytes
    if file.path.stat().st_size > limit:
        raise file.bad(f"it is larger than {limit} bytes", "raise max_file_bytes if you trust the file")
    with one_line(file):
        columns = head(connection, file)
        if columns.unknown:
            context.meter.notes.append(_ignored(file, columns.unknown))
        for item in read_file(connection, file, columns, limit):
            if isinstance(item, Broken):
                yield reject(file.stream.name, item.text, None, None, f"{file.path.name}: {item.reason}")
                continue
            table, rejected = convert(file.stream, item, context.stamp().latest)
            yield from rejected
            if len(table):
                yield Bulk(file.stream.name, table)
                _widen(file, table, context)


def _ignored(file: File, names: tuple[str, ...]) -> str:
    shown = ", ".join(" ".join(name.split())[:40] for name in names[:10])
    return f"{file.path.name}: columns we do not know are ignored: {shown}" + (" …" if len(names) > 10 else "")


def _widen(file: File, table: pa.Table, context: Context) -> None:
    """Remembers from when to when a stream's rows reach, over all files and runs."""
    column = MOMENT.get(file.stream.name)
    if column is None or not (bounds := pc.min_max(table[column]).as_py())["min"]:
        return
    spans: dict[str, list[str]] = context.state.setdefault("spans", {})
    first, last = bounds["min"].isoformat(), bounds["max"].isoformat()
    known = spans.get(file.stream.name, [first, last])
    spans[file.stream.name] = [min(known[0], first), max(known[1], last)]


def _coverage(context: Context) -> Iterator[Coverage]:
    """From the first to the last row of each stream; what lies between two files is silence, as far as they say."""
    for stream, (first, last) in sorted(context.state.get("spans", {}).items()):
        yield Coverage(stream, datetime.fromisoformat(first), datetime.fromisoformat(last))
