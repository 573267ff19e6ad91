"""The SQL of versions: what a landing row means as a version, its hash, and which landing rows are new."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

from collections.abc import Mapping
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


def arriving(stream: Stream) -> str:
    """Key, place and hash of every landing row (narrow: texts and payloads are read, not carried along)."""
    names = ", ".join(identifier(name) for name in (*stream.key, *PLACE))
    kept = {**stream.columns, **{name: STAMP[name] for name in PLACE}}
    typed = ", ".join(cast(name, kind, stream.landed_types) for name, kind in kept.items())
    return f"""
        select landing_row, {names}, {row_hash(stream.columns)} as row_hash
        from (select rowid as landing_row, {typed} from {stream.landing})
    """


def entering(stream: Stream) -> str:
    """The landing rows that differ from the version before them, seen over landing and raw together.

    Raw comes first where both hold the same version, so what was merged once is dropped when it lands again. Only keys
    in landing are looked at. Expects the temporary table `arriving`; takes the source as its parameter.
    """
    names = ", ".join(identifier(name) for name in stream.key)
    same = " and ".join(f"r.{identifier(name)} is not distinct from a.{identifier(name)}" for name in stream.key)
    carried = ", ".join(f"r.{identifier(name)}" for name in (*stream.key, *PLACE, "row_hash"))
    place = ", ".join(PLACE)
    return f"""
        with versions as (
            select landing_row, {names}, {place}, row_hash from arriving
            union all
            select null as landing_row, {carried}
            from {stream.raw} as r semi join arriving as a on {same}
            where r.source = ?
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
        select landing_row, row_hash from compared
        where landing_row is not null and row_hash is distinct from previous_hash
    """


def insertion(stream: Stream) -> str:
    """Copies the rows named in the temporary table `entering` into raw; parameters: source, loaded_at."""
    given = {"source": "?", "loaded_at": "?::timestamp", "row_hash": "row_hash"}
    stamp = {name: kind for name, kind in STAMP.items() if name not in given}
    typed = ", ".join(cast(name, kind, stream.landed_types) for name, kind in {**stream.columns, **stamp}.items())
    targets = [identifier(name) for name in (*stream.columns, *stamp)]
    return f"""
        insert into {stream.raw} ({", ".join([*targets, *given])})
        select {", ".join([*targets, *given.values()])}
        from (select rowid as landing_row, {typed} from {stream.landing})
        join entering using (landing_row)
    """


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
