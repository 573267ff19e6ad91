"""Runs the project's graph loops on DuckDB without dbt: the same text, quick enough for hundreds of graphs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

PROJECT = Path(__file__).parents[3] / "dbt_project"
EDGES = "graph_id integer, from_node integer, to_node integer, pull bigint"


class Loops:
    """The reach_<loop> macros, rendered with the few words of dbt they use."""

    def __init__(self, threads: int = 2, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.connection = connection or duckdb.connect(config={"threads": threads})
        self.statements: list[str] = []
        macros = (path for path in sorted((PROJECT / "macros").glob("reach_*.sql")) if path.stem != "reach_loop")
        environment = jinja2.Environment(extensions=["jinja2.ext.do"])
        environment.globals.update(
            model=SimpleNamespace(name="loop", schema="main"),
            run_query=self._query,
            exceptions=SimpleNamespace(raise_compiler_error=_fail),
            adapter=SimpleNamespace(dispatch=lambda name: getattr(self._module, f"duckdb__{name}")),
        )
        self._module: Any = environment.from_string("\n".join(path.read_text() for path in macros)).make_module()

    def load(self, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Puts a graph where the loops look for it."""
        self.connection.execute(f"create or replace temp table loop__graph ({columns})")
        values = list(rows)
        if values:
            marks = ", ".join(f"unnest(?::{kind.split()[1]}[])" for kind in columns.split(", "))
            self.connection.execute(
                f"insert into loop__graph select {marks}", [list(column) for column in zip(*values, strict=True)]
            )

    def select(self, loop: str, **settings: Any) -> str:
        """Iterates, and gives the select of the result."""
        return str(getattr(self._module, f"reach_{loop}")("loop__graph", settings))

    def run(self, loop: str, **settings: Any) -> list[tuple[Any, ...]]:
        """The rows a loop makes of the graph that was loaded."""
        return self.connection.execute(self.select(loop, **settings)).fetchall()

    def _query(self, query: str) -> SimpleNamespace:
        self.statements.append(query)
        return SimpleNamespace(rows=self.connection.execute(query).fetchall())


def _fail(message: str) -> None:
    raise AssertionError(message)
