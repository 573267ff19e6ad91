"""Holds the gate: runs a layer of checks, writes their results, refuses when a blocking one failed."""

import logging
import shutil
from pathlib import Path

from expectations import gate
from expectations.gate import CheckResult, Layer
from expectations.page import write_results
from flows.errors import GateRefused
from flows.run import Run
from sources import registry
from warehouse import ledger, publish

KEPT_RUNS = 50  # whose pages stay; the results of all stay in ops.quality_results


def validate(run: Run, layer: Layer) -> list[CheckResult]:
    """All results of the layer; GateRefused names the first blocking check that failed."""
    results = ask(run, layer)
    refuse(results)
    return results


def ask(run: Run, layer: Layer) -> list[CheckResult]:
    """All results of the layer, written down, whatever they are."""
    # one of its modules sets its own level, so that only its way to the terminal can be closed to what is no warning
    logging.getLogger("great_expectations").propagate = False
    _drop_old_pages(run.folder.quality)
    current = publish.current(run.folder)
    results = gate.validate(
        run.folder.warehouse,
        layer,
        run_id=run.run_id,
        now=run.until,
        started_at=run.now,
        quality_dir=run.folder.quality,
        previous=_community(current),
        platforms=sorted({source.platform for source in run.settings.sources}),
        extra=[check.entry() for check in run.settings.checks],
        custom=[folder for folder in (run.settings.file.parent / "expectations",) if folder.is_dir()],
        keys={name: {s.name: s.key for s in registry.get(name).streams} for name in registry.names()},
    )
    _record(run, results)
    return results


def record_tests(run: Run, tests: list[CheckResult]) -> None:
    """Write down what dbt's own tests found, as the other layers' results are."""
    write_results(run.folder.quality / run.run_id, "models", run.run_id, run.until, tests)
    _record(run, tests)


def _record(run: Run, results: list[CheckResult]) -> None:
    ledger.record_quality(
        run.folder.warehouse,
        run_id=run.run_id,
        checked_at=run.now,
        results=[vars(result) for result in results],
    )


def refuse(results: list[CheckResult]) -> None:
    """GateRefused, naming the first blocking check that failed, when there is one."""
    if blocking := gate.blocked(results):
        more = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
        raise GateRefused(f"{blocking[0].line()}{more}; nothing was published")


def _drop_old_pages(folder: Path) -> None:
    runs = sorted(path for path in folder.glob("*") if path.is_dir())  # a run's id begins with its moment
    for old in runs[:-KEPT_RUNS]:
        shutil.rmtree(old)


def _community(snapshot: Path | None) -> Path | None:
    return snapshot / "community.duckdb" if snapshot else None
