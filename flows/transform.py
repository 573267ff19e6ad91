"""Runs dbt on the build database, in this process, and says how long each model took."""

import gc
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import Failure, GateRefused
from flows.run import Run

PROJECT = Path(__file__).parents[1] / "dbt_project"
PROVED_ELSEWHERE = [f"resource_type:test,path:models/{layer}" for layer in ("staging", "intermediate")]


@dataclass(frozen=True)
class Model:
    """One dbt node's result."""

    name: str
    status: str
    seconds: float
    message: str


def transform(run: Run) -> list[Model]:
    """Build and test every model; GateRefused for a failed test, Failure for an SQL or contract error."""
    target = run.folder.root / "dbt"
    target.mkdir(mode=0o700, exist_ok=True)
    os.environ["MUSTER_WAREHOUSE"] = str(run.folder.warehouse)
    models = _invoke(target)
    for model in models:
        if model.status == "error":
            raise Failure(f"dbt: {model.name}: {_one_line(model.message)}; see {target / 'dbt.log'}")
    for model in models:
        if model.status == "fail":
            raise GateRefused(f"dbt test {model.name}: {_one_line(model.message)}; nothing was published")
    return models


def _invoke(target: Path) -> list[Model]:
    """Run `dbt build`; Failure when it could not run at all."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    arguments = ["build", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # what proves the models rather than the data belongs to `make test`; the marts' own tests guard every run
    arguments += ["--exclude-resource-type", "unit_test", "--exclude", *PROVED_ELSEWHERE]
    arguments += ["--target-path", str(target), "--log-path", str(target), "--log-level", "none"]
    # writing the manifest as JSON costs two seconds and nobody reads it here
    arguments += ["--log-level-file", "info", "--no-use-colors", "--no-print", "--quiet", "--no-write-json"]
    try:
        outcome = dbtRunner().invoke(arguments)
    finally:
        # dbt keeps its connection, and with it the lock on the file
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        gc.collect()
    results = getattr(outcome.result, "results", None)
    if results is None:
        raise Failure(f"dbt: {_one_line(str(outcome.exception))}; see {target / 'dbt.log'}")
    return [_model(result) for result in results]


def _model(result: Any) -> Model:
    name = result.node.unique_id.split(".", 2)[2]
    return Model(name, str(result.status), result.execution_time, result.message or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]
