"""The models themselves: portable to Spark, small, and refused by dbt where the growth identity is broken."""

from pathlib import Path

import duckdb
import pytest
import sqlglot

from tests.dbt_project.churn.support import CATALOG, PROJECT, SELECTION, Built, Life, Model, dbt
from tests.dbt_project.churn.test_survival_equals_lifelines import community

FOLDERS = ["models/marts/churn", "models/marts/ops", "models/marts/desk", "macros", "tests"]


def test_every_model_parses_as_spark(models: list[Model]) -> None:
    assert len(models) > 20
    for model in models:
        (statement,) = sqlglot.parse(model.sql, read="spark")
        assert statement is not None
        assert statement.find(sqlglot.exp.Qualify) is None, model.name


def test_files_stay_short() -> None:
    files = [
        *(PROJECT / "models/marts/churn").glob("*.sql"),
        *PROJECT.glob("**/risk_*.sql"),
        *PROJECT.glob("**/churn_*.sql"),
    ]
    assert len(files) > 25
    assert [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 120] == []


@pytest.fixture(scope="module")
def warehouse(models: list[Model], target: Path) -> Path:
    """Inputs in a file, models built by dbt itself, contracts, invariants and unit tests included."""
    file = target / f"{CATALOG}.duckdb"
    file.unlink(missing_ok=True)
    loaded = Built(models).load(life())
    loaded.connection.execute(f"attach '{file}' as stored; copy from database {CATALOG} to stored; detach stored")
    done = dbt(["build", "--select", *SELECTION, "--exclude", "churn_window_is_mau"], target, file)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    return file


def life() -> Life:
    return community(8, 120)


def test_dbt_builds_and_tests_what_the_harness_builds(warehouse: Path, models: list[Model]) -> None:
    ours = Built(models).load(life()).build()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for model in models:
            ((rows,),) = connection.execute(f"select count(*) from {model.relation}").fetchall()
            assert rows == ours.one(f"select count(*) from {model.relation}"), model.name


def test_a_broken_identity_is_refused(warehouse: Path, target: Path) -> None:
    """The check blocks: dbt ends with an error."""
    change = (
        "update marts.growth_accounting set churned = churned {} 1 where (period_kind, period_end) ="
        " (select ('week', max(period_end)) from marts.growth_accounting where period_kind = 'week')"
    )
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change.format("+"))
    done = dbt(["test", "--select", "churn_growth_identity"], target, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change.format("-"))
    assert done.returncode == 1
    assert "churn_growth_identity" in done.stdout
