"""The compiled models of a build, run in memory in the order of their dependencies: a rebuild in about a second."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.reach.loops import Loops

CATALOG = "warehouse"


@dataclass(frozen=True)
class Model:
    """A compiled model: where it goes, its SQL, and the loop that makes its rows of it, if one does."""

    relation: str
    materialized: str
    loop: str | None
    sql: str = field(repr=False)


def compiled(built: Path) -> list[Model]:
    """Every model that the build compiled, each after those it needs."""
    target = built.parent / "target"
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    folder = target / "compiled" / "muster" / "models"
    files = {file.stem: file for file in folder.rglob("*.sql") if not any(p.suffix == ".yml" for p in file.parents)}
    chosen = {key: node for key, node in nodes.items() if node["resource_type"] == "model" and node["name"] in files}
    order = TopologicalSorter({key: set(node["depends_on"]["nodes"]) & set(chosen) for key, node in chosen.items()})
    return [_model(chosen[key], files) for key in order.static_order()]


def _model(node: dict[str, Any], files: dict[str, Path]) -> Model:
    relation = f"{CATALOG}.{node['schema']}.{node['name']}"
    config = node["config"]
    return Model(relation, config["materialized"], config.get("loop"), files[node["name"]].read_text(encoding="utf-8"))


def run(connection: duckdb.DuckDBPyConnection, models: list[Model]) -> None:
    """Build all of them anew, in a database attached as `warehouse` that has its raw tables."""
    for schema in ("staging", "intermediate", "marts", "ops", "desk"):
        connection.execute(f"create schema if not exists {CATALOG}.{schema}")
    for model in models:
        if model.loop:
            connection.execute(f"create or replace temp view loop__graph as {model.sql}")
            rows_of_loop = Loops(connection=connection).select(model.loop)
            connection.execute(f"create or replace table {model.relation} as {rows_of_loop}")
        else:
            connection.execute(f"create or replace {model.materialized} {model.relation} as {model.sql}")


def rows(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all built tables of these schemas, sorted; floats to twelve digits, as sums of two threads differ."""
    names = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        f" where database_name = '{CATALOG}' and schema_name in (select unnest(?)) order by 1",
        [list(schemas)],
    ).fetchall()
    found = {name: connection.execute(f"from {CATALOG}.{name} order by all").fetchall() for (name,) in names}
    return {name: [tuple(map(_rounded, row)) for row in table] for name, table in found.items()}


def _rounded(value: Any) -> Any:
    return float(f"{value:.11e}") if isinstance(value, float) else value
