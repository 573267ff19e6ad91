"""Runs dbt on the build database, in this process, and says how long each model took."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from expectations.result import CheckResult
from flows.errors import Failure
from flows.run import Run
from warehouse.leftovers import drop_unbuilt

PROJECT = Path(__file__).parents[1] / "dbt_project"
PARSED = "partial_parse.msgpack"
PROVED_ELSEWHERE = [f"resource_type:test,path:models/{layer}" for layer in ("staging", "intermediate")]


@dataclass(frozen=True)
class Model:
    """One dbt node's result; `relation` is the schema and name of what a model builds."""

    name: str
    status: str
    seconds: float
    message: str
    relation: str | None = None


@contextmanager
def parsing(run: Run) -> Iterator[None]:
    """Let dbt read the project beside what is done meanwhile, unless this data folder keeps that from an earlier run.

    Its end is not looked at: whatever is missing then is read, and complained of, by the build.
    """
    target = _target(run)
    if (target / PARSED).exists():
        yield
        return
    command = [sys.executable, "-m", "dbt.cli.main", "parse", *_options(run, target)]
    environment = {**os.environ, "MUSTER_WAREHOUSE": str(run.folder.warehouse)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
        process.wait()
    finally:
        process.kill()
        process.wait()


def transform(run: Run) -> tuple[list[Model], list[CheckResult]]:
    """Build and test every model; every node, and what each test that was asked found. Failure for an SQL or contract
    error."""
    target = _target(run)
    os.environ["MUSTER_WAREHOUSE"] = str(run.folder.warehouse)
    results = _invoke(run, target)
    models = [_model(result) for result in results]
    for model in models:
        if model.status == "error":
            raise Failure(f"dbt: {model.name}: {_one_line(model.message)}; see {target / 'dbt.log'}")
    drop_unbuilt(run.folder.warehouse, {model.relation for model in models if model.relation})
    return models, _tests(results)


def _invoke(run: Run, target: Path) -> Sequence[Any]:
    """Run `dbt build`: a result for each node; Failure when it could not run at all."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    arguments = ["build", *_options(run, target), "--no-print"]
    # what proves the models rather than the data belongs to `make test`; the marts' own tests guard every run
    arguments += ["--exclude-resource-type", "unit_test", "--exclude", *PROVED_ELSEWHERE, *_unused(run)]
    try:
        outcome = dbtRunner().invoke(arguments)
    finally:
        # dbt keeps its connection, and with it the lock on the file
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        gc.collect()
    results = getattr(outcome.result, "results", None)
    if results is None:
        raise Failure(f"dbt: {_one_line(str(outcome.exception))}; see {target / 'dbt.log'}")
    return cast("Sequence[Any]", results)


def _target(run: Run) -> Path:
    """Where dbt keeps what is its own."""
    target = run.folder.root / "dbt"
    target.mkdir(mode=0o700, exist_ok=True)
    return target


def _platforms(run: Run) -> set[str]:
    return {source.platform for source in run.settings.sources}


def _unused(run: Run) -> list[str]:
    """The staging models of platforms that no source is of: each would cost its view in every run."""
    # an empty stream is read from `files`, whoever uses it: see macros/platforms.sql
    unused = {folder.name for folder in (PROJECT / "models" / "staging").iterdir() if folder.is_dir()}
    return [f"path:models/staging/{name}" for name in sorted(unused - _platforms(run) - {"files"})]


def _options(run: Run, target: Path) -> list[str]:
    places = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": target, "log-path": target}
    options = [word for name, place in places.items() for word in (f"--{name}", str(place))]
    options += ["--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--quiet"]
    options += ["--vars", json.dumps({"platforms_in_use": sorted(_platforms(run))})]
    # writing the manifest as JSON costs two seconds and nobody reads it here
    return [*options, "--no-write-json"]


def _model(result: Any) -> Model:
    name = result.node.unique_id.split(".", 2)[2]
    relation = _relation(result.node) if result.node.resource_type == "model" else None
    return Model(name, str(result.status), result.execution_time, result.message or "", relation)


def _relation(node: Any) -> str:
    return f"{node.schema}.{node.name}"


def _tests(results: Sequence[Any]) -> list[CheckResult]:
    """The tests that were asked, as the gate tells of its checks; one behind a test that failed was not."""
    models = {one.node.unique_id: _relation(one.node) for one in results if one.node.resource_type == "model"}
    return [
        _test(result, models)
        for result in results
        if result.node.resource_type == "test" and result.status in ("pass", "fail", "warn")
    ]


def _test(result: Any, models: dict[str, str]) -> CheckResult:
    node, count = result.node, result.failures or 0
    about = getattr(node, "attached_node", None) or next(iter(node.depends_on.nodes), "")
    return CheckResult(
        layer="models",
        check=node.name,
        table=models.get(about, about),
        severity="warn" if node.config.severity.lower() == "warn" else "block",
        outcome="pass" if result.status == "pass" else "fail",
        observed="1 row" if count == 1 else f"{count} rows",
        expected="0",
        says=_one_line(node.description),
        look=" ".join((node.compiled_code or "").split()),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]
