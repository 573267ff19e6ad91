"""Reach alone: its loops run straight on DuckDB, and its models built on hand-made core tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

PROJECT = Path(__file__).parents[3] / "dbt_project"
SHARED = Path(__file__).parents[3].parent / "shared"
Edge = tuple[int, int, float]
Loop = Callable[..., list[tuple[Any, ...]]]


class Loops:
    """Runs the project's reach_<loop> macros on DuckDB without dbt: the same text, a second for a thousand graphs."""

    def __init__(self, threads: int = 2) -> None:
        self.connection = duckdb.connect(config={"threads": threads})
        macros = "\n".join(
            path.read_text() for path in sorted((PROJECT / "macros").glob("reach_*.sql")) if "loop" not in path.name
        )
        environment = jinja2.Environment(extensions=["jinja2.ext.do"])
        environment.globals.update(
            model=SimpleNamespace(name="loop", schema="main"),
            run_query=lambda query: SimpleNamespace(rows=self.connection.execute(query).fetchall()),
            var=lambda name, default: default,
            exceptions=SimpleNamespace(raise_compiler_error=self._fail),
            adapter=SimpleNamespace(dispatch=lambda name: getattr(self._module, f"duckdb__{name}")),
        )
        self._module: Any = environment.from_string(macros).make_module()

    @staticmethod
    def _fail(message: str) -> None:
        raise AssertionError(message)

    def __call__(
        self, loop: str, columns: str, rows: Iterable[tuple[Any, ...]], **settings: Any
    ) -> list[tuple[Any, ...]]:
        self.connection.execute(f"create or replace temp table loop__graph ({columns})")
        values = list(rows)
        if values:
            marks = ", ".join("?" for _ in values[0])
            self.connection.executemany(f"insert into loop__graph values ({marks})", values)
        return self.run(loop, **settings)

    def run(self, loop: str, **settings: Any) -> list[tuple[Any, ...]]:
        """The result's rows for what stands in loop__graph."""
        select = getattr(self._module, f"reach_{loop}")("loop__graph", settings)
        return self.connection.execute(select).fetchall()


@pytest.fixture(scope="session")
def loops() -> Loops:
    return Loops()
