"""The raw layer's tables, found in the database, and the checks that every stream gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from expectations.checks import Check, compile_check

Keys = Mapping[str, Mapping[str, tuple[str, ...]]]

# dates that lie ahead by their meaning; all others tell of the past
_AHEAD = ("until", "till", "expire", "scheduled", "starts", "ends")


@dataclass(frozen=True)
class Stream:
    """A declared stream and what the database has of it; no columns: the table is missing."""

    platform: str
    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def table(self) -> str:
        """The table's quoted name."""
        return f"{_plain('raw_' + self.platform)}.{_plain(self.name)}"

    def words(self) -> dict[str, str]:
        """What stands for the placeholders of a suite file's `each_stream`."""
        # a membership found by comparing two lists has an interval, so a key's instant may be null; an id may not
        identity = [column for column in self.key if not column.endswith("_at")]
        past = [name for name, kind in self.columns.items() if kind.startswith("TIMESTAMP") and not _is_ahead(name)]
        return {
            "{table}": self.table,
            "{key}": ", ".join(map(_plain, self.key)),
            "{identity}": ", ".join(map(_plain, identity)),
            "{timestamps}": ", ".join(map(_plain, past)) or "null::timestamp",
        }


def declared_keys(connection: duckdb.DuckDBPyConnection, present: set[str], keys: Keys | None) -> Keys:
    """The key columns by platform and stream: the caller's, else those of `raw.declarations`, else none."""
    if keys is not None:
        return keys
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    if "raw.declarations" in present:
        query = "select platform, stream, column_name from raw.declarations where is_key order by position"
        for platform, stream, column in connection.execute(query).fetchall():
            of_platform = found.setdefault(platform, {})
            of_platform[stream] = (*of_platform.get(stream, ()), column)
    return found


def streams(connection: duckdb.DuckDBPyConnection, platforms: Sequence[str], keys: Keys) -> list[Stream]:
    """The declared streams of the platforms with the columns the database has."""
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_catalog = 'build' and starts_with(table_schema, 'raw_') order by ordinal_position"
    ).fetchall()
    columns: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, kind in rows:
        columns.setdefault((schema, table), {})[column] = kind
    return [
        Stream(platform, name, key, columns.get((f"raw_{platform}", name), {}))
        for platform in platforms
        for name, key in sorted(keys.get(platform, {}).items())
    ]


def stream_checks(templates: Sequence[Any], found: Sequence[Stream], origin: str) -> Iterator[Check]:
    """Fill the templates of `each_stream` for every stream; `only` names a stream, `with` the columns it must have."""
    for stream in found:
        words = stream.words()
        for template in templates:
            entry = {key: _fill(value, words) for key, value in template.items() if key not in ("only", "with")}
            if template.get("only", stream.name) != stream.name:
                continue
            if stream.columns and not set(template.get("with", ())) <= set(stream.columns):
                continue
            yield compile_check("raw", stream.table, entry, origin)


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace(word, text)
    return value


def _is_ahead(column: str) -> bool:
    return any(word in column for word in _AHEAD)


def _plain(name: str) -> str:
    """A name of a declaration as an identifier: bare where it may be, quoted otherwise."""
    return name if name.isidentifier() and name.islower() else '"' + name.replace('"', '""') + '"'
