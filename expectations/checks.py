"""A check as it is declared in a suite file, and the SQL it compiles to.

A suite file (`suites/*.yml`, `custom/*.yml`) is a layer and, per table, a list of checks. A check has a `name`, what
it `says`, a `severity` (block unless stated) and exactly one form:

    not_null: a, b              rows where one of the columns is null
    unique: a, b                rows beyond the first of the same key
    references: {a: other.key}  rows whose column finds no partner; of several columns (all of one table) rows that have
                                one of them and find no partner with all
    where: SQL                  rows of this table for which the expression is true
    query: SQL                  rows that the query returns
    measure: SQL                a number the query returns, to lie within `min` and `max`

`needs` lists tables without which the check is left out (`previous.…` is the last published snapshot). In SQL,
`getvariable('now')`, `getvariable('started_at')` (the run's beginning) and `getvariable('run_id')` are the run's.
Everything is counted by one scan per table, but for keys, which are compared by their hashes first.
"""

# ruff: noqa: S608 - SQL is put together from suite files, never from data

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.result import LAYERS, Layer, Severity

_FORMS = ("not_null", "unique", "references", "where", "query", "measure")
_KEYS = {"name", "says", "severity", "needs", "min", "max", *_FORMS}


class SuiteError(ValueError):
    """A suite file that cannot be understood: one line naming file, check and cure."""


@dataclass(frozen=True)
class Check:
    """One declared check, compiled: `value` is a scalar SQL expression over one scan of `table`."""

    layer: Layer
    table: str
    name: str
    severity: Severity
    says: str
    value: str
    look: str
    origin: str
    keys: str | None = None  # a query for the hashes of keys that must be distinct, or else be among `partners`:
    partners: str | None = None  # where they are, `value` need not be asked (expectations/keys.py)
    minimum: float | None = 0
    maximum: float | None = 0
    counts_rows: bool = True
    needs: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The limits in words."""
        if self.counts_rows:
            return f"{self.maximum or 0:g}"
        if self.minimum is None or self.maximum is None:
            return f"at least {self.minimum:g}" if self.maximum is None else f"at most {self.maximum:g}"
        return f"{self.minimum:g} to {self.maximum:g}"

    def observed(self, value: float) -> str:
        """The measured value in words."""
        if not self.counts_rows:
            return f"{value:.4g}"
        return "1 row" if value == 1 else f"{value:.0f} rows"


def read_suite(path: Path) -> dict[str, Any]:
    """Read a suite file into a mapping, without compiling it; raises SuiteError."""
    import yaml  # type: ignore[import-untyped]

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where the C library is there
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SuiteError(f"{path.name}: cannot be read as YAML ({str(error).splitlines()[0]})") from error
    if not isinstance(content, dict) or content.get("layer") not in LAYERS:
        raise SuiteError(f"{path.name}: needs `layer:`, one of {', '.join(LAYERS)}, and `checks:` per table")
    tables = content.get("checks", {})
    if not isinstance(tables, dict) or not all(isinstance(entries, list) for entries in tables.values()):
        raise SuiteError(f"{path.name}: `checks` is a list of checks per table: `schema.table: [...]`")
    if unknown := set(content) - {"layer", "checks", "each_stream", "each_rate"}:
        raise SuiteError(f"{path.name}: unknown key {', '.join(sorted(unknown))}")
    return content


def compile_suite(content: Mapping[str, Any], origin: str) -> Iterator[Check]:
    """Compile the `checks` of a suite file; raises SuiteError."""
    for table, entries in content.get("checks", {}).items():
        for entry in entries:
            yield compile_check(content["layer"], table, entry, origin)


def compile_check(layer: Layer, table: str, entry: Any, origin: str) -> Check:
    """Compile one entry; raises SuiteError naming file, table and check."""
    place = f"{origin}: {table} {entry.get('name', '(no name)') if isinstance(entry, dict) else entry}"
    if not isinstance(entry, dict) or not entry.get("name") or not entry.get("says"):
        raise SuiteError(f"{place}: needs `name` and `says`")
    if unknown := set(entry) - _KEYS:
        raise SuiteError(f"{place}: unknown key {', '.join(sorted(map(str, unknown)))}")
    forms = [form for form in _FORMS if form in entry]
    if len(forms) != 1:
        raise SuiteError(f"{place}: needs exactly one of {', '.join(_FORMS)}")
    severity = entry.get("severity", "block")
    if severity not in ("block", "warn"):
        raise SuiteError(f"{place}: severity is block or warn")
    measured = forms == ["measure"]
    if measured and "min" not in entry and "max" not in entry:
        raise SuiteError(f"{place}: a measure needs `min` or `max`")
    value, look, *keys = _compile(forms[0], entry[forms[0]], table, place)
    return Check(
        layer=layer, table=table, name=str(entry["name"]), severity=severity, says=str(entry["says"]),
        value=value, look=" ".join(look.split()), origin=origin, counts_rows=not measured,
        minimum=entry.get("min") if measured else 0, maximum=entry.get("max") if measured else entry.get("max", 0),
        needs=tuple(entry.get("needs") or ()), **dict(zip(("keys", "partners"), keys, strict=False)),
    )  # fmt: skip


def _compile(form: str, body: Any, table: str, place: str) -> tuple[str, ...]:
    """The scalar expression, the query that shows the rows, and for keys the queries for their hashes."""
    if form == "references":
        targets = {name: str(key).rpartition(".") for name, key in body.items()} if isinstance(body, dict) else {}
        partners = [*{partner for partner, _, _ in targets.values()}]
        if len(partners) != 1:
            raise SuiteError(f"{place}: references is `column: schema.table.key`, several of one table")
        return _references(table, partners[0], {name: key for name, (_, _, key) in targets.items()})
    if not isinstance(body, str) or not body.strip():
        raise SuiteError(f"{place}: `{form}` must be text")
    if form == "unique":
        return _unique(table, body)
    if form == "query":
        return f"(select count(*) from (\n{body}\n) as violation)", body
    if form == "measure":
        return f"(\n{body}\n)", body
    if form == "not_null":
        body = " or ".join(f"{column.strip()} is null" for column in body.split(","))
        # a query of its own is answered from the statistics of the column
        return f"(select count(*) from {table} where {body})", f"select * from {table} where {body}"
    return f"count(*) filter (where {body}\n)", f"select * from {table} where {body}"


def _unique(table: str, columns: str) -> tuple[str, str, str]:
    look = f"select {columns}, count(*) from {table} group by all having count(*) > 1"
    return f"count(*) - count(distinct row({columns}))", look, f"select hash({columns}) as key from {table}"


def _references(table: str, partner: str, keys: Mapping[str, str]) -> tuple[str, str, str, str]:
    matches = " and ".join(f"that.{key} = this.{column}" for column, key in keys.items())
    is_given = " or ".join(f"{column} is not null" for column in keys)
    look = f"select * from (select * from {table} where {is_given}) as this anti join {partner} as that on {matches}"
    return (
        f"(select count(*) from ({look}) as orphan)",
        look,
        f"select hash({', '.join(keys)}) as key from {table} where {is_given}",
        f"select hash({', '.join(keys.values())}) as key from {partner}",
    )
