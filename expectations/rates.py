"""The checks that every column gets which the metric catalogue calls a rate, a user's own marts included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from expectations.checks import Check, compile_check
from expectations.result import Layer

CATALOGUE = "ops.metric_catalogue"


def rates(connection: duckdb.DuckDBPyConnection, present: set[str]) -> list[tuple[str, str]]:
    """Table and column of every metric whose unit is a rate; none before the models have run."""
    if CATALOGUE not in present:
        return []
    query = f"select distinct table_name, column_name from {CATALOGUE} where unit = 'rate' order by all"  # noqa: S608
    return [(table, column) for table, column in connection.execute(query).fetchall() if table in present]


def rate_checks(
    layer: Layer, templates: Sequence[Any], found: Sequence[tuple[str, str]], origin: str
) -> Iterator[Check]:
    """Fill the templates of `each_rate` for every column; `except` lists tables that have checks of their own."""
    for table, column in found:
        for template in templates:
            if table in template.get("except", ()):
                continue
            entry = {key: _fill(value, column) for key, value in template.items() if key != "except"}
            yield compile_check(layer, table, entry, origin)


def _fill(value: Any, column: str) -> Any:
    return value.replace("{column}", column) if isinstance(value, str) else value
