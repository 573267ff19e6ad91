"""Runs dbt on the build database, in this process, and says how long each model took."""

import gc
import json
import os
from dataclasses import dataclass
from pathlib import Path

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
    error = _invoke(target)
    models = _results(target / "run_results.json") if error is None else []
    if error is not None:
        raise Failure(f"dbt: {_one_line(error)}; see {target / 'dbt.log'}")
    for model in models:
        if model.status == "error":
            raise Failure(f"dbt: {model.name}: {_one_line(model.message)}; see {target / 'dbt.log'}")
    for model in models:
        if model.status == "fail":
            raise GateRefused(f"dbt test {model.name}: {_one_line(model.message)}; nothing was published")
    return models


def _invoke(target: Path) -> str | None:
    """Run `dbt build`; the message of an error that kept it from running at all, else None."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    (target / "run_results.json").unlink(missing_ok=True)
    arguments = ["build", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # what proves the models rather than the data belongs to `make test`; the marts' own tests guard every run
    arguments += ["--exclude-resource-type", "unit_test", "--exclude", *PROVED_ELSEWHERE]
    arguments += ["--target-path", str(target), "--log-path", str(target), "--log-level", "none"]
    arguments += ["--log-level-file", "info", "--no-use-colors", "--no-print", "--quiet"]
    try:
        outcome = dbtRunner().invoke(arguments)
    finally:
        # dbt keeps its connection, and with it the lock on the file
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        gc.collect()
    if (target / "run_results.json").exists():
        return None
    return str(outcome.exception or "it wrote no results")


def _results(file: Path) -> list[Model]:
    document = json.loads(file.read_text(encoding="utf-8"))
    return [
        Model(
            name=result["unique_id"].split(".", 2)[2],
            status=result["status"],
            seconds=result["execution_time"],
            message=result["message"] or "",
        )
        for result in document["results"]
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]
