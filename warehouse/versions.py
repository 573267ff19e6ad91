"""The SQL of versions: what a landing row means as a version, its hash, and which landing rows are no new version."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warehouse.connect import identifier
from warehouse.tables import STAMP

# a version's place in time; (observed_at, run_id, seq) in this order everywhere
PLACE = ("observed_at", "run_id", "seq")


@dataclass(frozen=True)
class Stream:
    """One stream of one platform as declared in the build database, beside what its landing table really has."""

    raw: str
    landing: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    landed_types: Mapping[str, str]


def before(stream: Stream) -> str:
    """Key, place and hash of the versions raw holds of the keys in landing; takes the source as its parameter."""
    names = _names(stream.key)
    carried = ", ".join(f"r.{identifier(name)}" for name in (*stream.key, *PLACE, "row_hash"))
    return f"""
        select {carried}
        from {stream.raw} as r semi join (select {names} from {_typed(stream, stream.key)}) as l on {_same(stream.key)}
        where r.source = ?
    """


def dropped(stream: Stream) -> str:
    """The landing rows that are the same as the version before them, seen over landing and raw together.

    Raw comes first where both hold the same version, so what was merged once is dropped when it lands again. A key that
    stands in landing once and not in raw is not looked at: it has no version before. Expects the temporary table
    `before`.
    """
    names, place = _names(stream.key), _names(PLACE)
    return f"""
        with contested as (
            select {names} from {_typed(stream, stream.key)} group by all having count(*) > 1
            union
            select {names} from before
        ),
        versions as (
            select landing_row, {names}, {place}, {row_hash(stream.columns)} as row_hash
            from {_typed(stream, (*stream.columns, *PLACE))} as r semi join contested as l on {_same(stream.key)}
            union all
            select null as landing_row, {names}, {place}, row_hash from before
        ),
        compared as (
            select
                landing_row,
                row_hash,
                lag(row_hash) over (
                    partition by {names} order by {place}, row_hash, landing_row nulls first
                ) as previous_hash
            from versions
        )
        select landing_row from compared where landing_row is not null and row_hash = previous_hash
    """


def insertion(stream: Stream) -> str:
    """Copies all but the rows named in the temporary table `dropped` into raw; parameters: source, loaded_at."""
    given = {"source": "?", "loaded_at": "?::timestamp", "row_hash": row_hash(stream.columns)}
    taken = (*stream.columns, *(name for name in STAMP if name not in given))
    return f"""
        insert into {stream.raw} ({_names((*taken, *given))})
        select {_names(taken)}, {", ".join(given.values())}
        from {_typed(stream, taken)} as r anti join dropped using (landing_row)
    """


def _names(columns: Iterable[str]) -> str:
    return ", ".join(identifier(name) for name in columns)


def _same(columns: Iterable[str]) -> str:
    return " and ".join(f"r.{identifier(name)} is not distinct from l.{identifier(name)}" for name in columns)


def _typed(stream: Stream, columns: Iterable[str]) -> str:
    """Some columns of landing in their declared types, with the row they stand in."""
    kinds = {**stream.columns, **STAMP}
    typed = ", ".join(cast(name, kinds[name], stream.landed_types) for name in columns)
    return f"(select rowid as landing_row, {typed} from {stream.landing})"


def cast(name: str, kind: str, landed_types: Mapping[str, str]) -> str:
    """A landing column as its declared type; dlt lands lists as JSON and every timestamp with a zone (the session is
    UTC), and makes no column at all for one that never held a value."""
    column = identifier(name)
    if name not in landed_types:
        return f"null::{kind} as {column}"
    if kind.endswith("[]") and not landed_types[name].endswith("[]"):
        return f"{column}::json::{kind} as {column}"
    return f"{column}::{kind} as {column}"


def row_hash(columns: Mapping[str, str]) -> str:
    """md5 over `name=length:text` of every column that is not null, by name.

    Lengths make the parts unambiguous whatever the text holds. A null column leaves no part: null and the text 'null'
    differ, and a column added later leaves the hashes of versions without it as they were.
    """
    parts = []
    for name in sorted(columns):
        text = _as_text(identifier(name), columns[name])
        parts.append(f"'{name}=' || strlen({text}) || ':', {text}")  # both null, and skipped, where the column is
    return f"md5(concat({', '.join(parts)}))"


def _as_text(column: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f"to_json({column})::varchar"
    if kind == "TIMESTAMP":
        return f"epoch_us({column})::varchar"
    if kind == "DOUBLE":
        return f"({column} + 0.0)::varchar"  # -0.0 equals 0.0
    return f"{column}::varchar"
