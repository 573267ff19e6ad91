"""The reach models and every statement of their loops mean the same on Spark: they translate without loss."""

from __future__ import annotations

from pathlib import Path

import sqlglot
from sqlglot.errors import ErrorLevel

from tests.dbt_project.reach.loops import EDGES, PROJECT, Loops

PAGE = 120


def translates(sql: str) -> None:
    [spark] = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    assert sqlglot.parse_one(spark, read="spark") is not None


def test_compiled_models_translate_to_spark(reach: Path) -> None:
    models = (reach.parent / "target" / "compiled" / "muster" / "models").rglob("*.sql")
    ours = [file for file in models if not any(part.suffix == ".yml" for part in file.parents)]
    assert len(ours) > 30
    for file in ours:
        sql = file.read_text(encoding="utf-8")
        assert "qualify" not in sql.lower(), file.name
        translates(sql)


def test_every_statement_of_a_loop_translates_to_spark() -> None:
    runner = Loops()
    said = runner.statements
    rows = [(1, node, None, None) for node in range(5)] + [(2, node, None, None) for node in (5, 6)]
    edges = [(1, 0, 1, 5), (1, 1, 2, 5), (1, 2, 1, 9), (2, 5, 6, 3)]
    runner.load(EDGES, [*rows, *edges])
    results = [runner.select("pagerank")]
    runner.load("graph_id integer, from_node integer, to_node integer", [edge[:3] for edge in edges])
    results += [runner.select("k_core"), runner.select("cover")]
    runner.load("node integer, parent integer", [(2, 1), (3, 2)])
    results.append(runner.select("roots"))
    queries = [sql.split(" as ", 1)[1] for sql in said if sql.startswith("create or replace temp table")]
    assert len(queries) > 30
    for sql in {*queries, *results, *(sql for sql in said if sql.lstrip().startswith(("select", "insert")))}:
        translates(sql)


def test_macros_fit_a_page() -> None:
    for file in [*(PROJECT / "macros").glob("reach_*.sql"), *(PROJECT / "models" / "marts" / "reach").rglob("*.sql")]:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= PAGE, file.name
