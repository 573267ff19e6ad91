"""The gate: asks a layer's checks of a database, writes the results and returns them. Import is light."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from expectations.page import write_results
from expectations.questions import Questions
from expectations.result import CheckResult, Layer, Outcome, Severity
from expectations.streams import Keys
from expectations.verdict import judge

__all__ = ["CheckResult", "Layer", "Outcome", "Severity", "blocked", "validate"]


def validate(
    database: Path,
    layer: Layer,
    *,
    run_id: str,
    now: datetime,
    started_at: datetime | None = None,
    quality_dir: Path,
    previous: Path | None = None,
    platforms: Sequence[str],
    keys: Keys | None = None,
    custom: Sequence[Path] = (),
    extra: Sequence[Mapping[str, object]] = (),
) -> list[CheckResult]:
    """Ask all checks of `layer`, write `quality_dir/<run_id>/<layer>.{json,html}` and return one result per check.

    `previous` is the last published snapshot (its folder or its community.duckdb), for drift. `keys` are the streams'
    key columns by platform; without it `raw.declarations` is read. `custom` are further folders of suite files;
    `extra` are checks as in a suite file, each with `layer` and `table`. Nothing raises for bad data, a missing table,
    broken SQL or a broken suite file: each is a failed blocking check. `now` and `started_at`, when the run
    that has gone on until now began, are naive UTC.
    """
    gate = Questions(layer, platforms, keys, custom, extra)
    profiles = gate.measure(
        database, _community(previous), {"run_id": run_id, "now": now, "started_at": started_at or now}
    )
    results = [*gate.failures, *judge(layer, profiles)]
    write_results(quality_dir / run_id, layer, run_id, now, results)
    return results


def blocked(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results that stop publication."""
    return [result for result in results if result.blocks]


def _community(previous: Path | None) -> Path | None:
    if previous is not None and previous.is_dir():
        previous = previous / "community.duckdb"
    return previous if previous is not None and previous.is_file() else None
