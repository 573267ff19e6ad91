"""Every documented MetricFlow query returns the mart's own number: MetricFlow writes the SQL, DuckDB answers it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
PAIR = re.compile(r"^\| `mf query --metrics (\S+) --group-by (\S+)` \| `(.+)` \|$", re.MULTILINE)
PAIRS = PAIR.findall(DOCUMENT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def engine(built: Path) -> MetricFlowEngine:
    """MetricFlow over the semantic manifest that dbt wrote; it only writes SQL, so its client needs no connection."""
    text = (built.parent / "target" / "semantic_manifest.json").read_text(encoding="utf-8")
    client: Any = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
    return MetricFlowEngine(SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(text)), client)


@pytest.fixture(scope="module")
def marts(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The engagement marts; reactions and views, which the micro-community does not know, are made up."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built}' as built (read_only); attach ':memory:' as warehouse")
        connection.execute("use warehouse; create schema marts")
        for mart in ("engagement_daily", "active_days", "participation", "content_performance"):
            connection.execute(f"create table marts.{mart} as from built.marts.{mart}")
        connection.execute("update marts.engagement_daily set reactions = posts % 5, views = 11 * posts + 1")
        connection.execute(
            "update marts.engagement_daily set engagements = comments + reactions + reposts;"
            "update marts.engagement_daily set er_by_views = cast(engagements as double) / views"
        )
        yield connection


@pytest.mark.parametrize(("metrics", "group_by", "mart"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_documented_query_returns_the_marts_own_number(
    marts: duckdb.DuckDBPyConnection, engine: MetricFlowEngine, metrics: str, group_by: str, mart: str
) -> None:
    names, groups = metrics.split(","), group_by.split(",")
    request = MetricFlowQueryRequest.create(metric_names=names, group_by_names=groups)
    asked = marts.execute(engine.explain(request).sql_statement.sql)
    columns = [column[0] for column in asked.description or []]
    order = [columns.index(name) for name in (*groups, *names)]
    found = sorted([tuple(_plain(row[at]) for at in order) for row in asked.fetchall()], key=repr)
    own = sorted([tuple(map(_plain, row)) for row in marts.execute(mart).fetchall()], key=repr)
    assert own
    assert any(value is not None for row in own for value in row[len(groups) :])
    assert found == own


def test_every_metric_is_documented(engine: MetricFlowEngine) -> None:
    asked = {name for metrics, _, _ in PAIRS for name in metrics.split(",")}
    assert asked == {metric.name for metric in engine.list_metrics()}


def _plain(value: Any) -> Any:
    """Days of a timestamp as days; sums of whole numbers as such; floats to twelve digits."""
    if hasattr(value, "date"):
        return value.date()
    if isinstance(value, int | float):
        return float(f"{value:.11e}")
    return value
