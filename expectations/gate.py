"""The gate: asks a layer's checks of a database, writes the results and returns them. Import is light."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.checks import Check, SuiteError, compile_check, compile_suite, read_suite
from expectations.page import write_results
from expectations.result import CheckResult, Layer, Outcome, Severity
from expectations.scan import Profile, opened, reason, scan, tables
from expectations.streams import Keys, declared_keys, stream_checks, streams
from expectations.verdict import failure, judge

__all__ = ["CheckResult", "Layer", "Outcome", "Severity", "blocked", "validate"]

_HERE = Path(__file__).parent


def validate(
    database: Path,
    layer: Layer,
    *,
    run_id: str,
    now: datetime,
    quality_dir: Path,
    previous: Path | None = None,
    platforms: Sequence[str],
    keys: Keys | None = None,
    custom: Sequence[Path] = (),
    extra: Sequence[Mapping[str, object]] = (),
) -> list[CheckResult]:
    """Ask all checks of `layer`, write `quality_dir/<run_id>/<layer>.{json,html}` and return one result per check.

    `previous` is the last published snapshot (its folder or its community.duckdb), for drift. `keys` are the streams'
    key columns by platform; without it `raw.declarations` is read. `custom` are further folders of suite files; `extra` are
    checks as in a suite file, each with `layer` and `table`. Nothing raises for bad data, a missing table, broken SQL
    or a broken suite file: each is a failed blocking check. `now` is naive UTC.
    """
    gate = _Gate(layer, platforms, keys, custom, extra)
    variables: dict[str, str | datetime] = {"run_id": run_id, "now": now}
    profiles: list[Profile] = []
    try:
        with opened(database, _community(previous), variables) as connection:
            profiles = gate.profiles(connection)
    except duckdb.Error as error:
        gate.failures.append(
            failure(layer, "database_opens", database.name, reason(error), "a readable database", str(database))
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


class _Gate:
    """Gathers a layer's checks and what could not be asked."""

    def __init__(
        self,
        layer: Layer,
        platforms: Sequence[str],
        keys: Keys | None,
        custom: Sequence[Path],
        extra: Sequence[Mapping[str, object]],
    ) -> None:
        self.layer = layer
        self.platforms = platforms
        self.keys = keys
        self.folders = [_HERE / "suites", _HERE / "custom", *custom]
        self.extra = extra
        self.failures: list[CheckResult] = []

    def profiles(self, connection: duckdb.DuckDBPyConnection) -> list[Profile]:
        """One scan per table; a missing table becomes one failure in place of its checks."""
        present = tables(connection)
        by_table: dict[str, dict[str, Check]] = {}
        for check in self._checks(connection, present):
            if not set(check.needs) <= present:
                continue
            named = by_table.setdefault(check.table, {})
            if check.name in named:
                self._fail("suite_readable", check.table, f"{check.name} is declared twice", "once", check.origin)
            named.setdefault(check.name, check)
        found = []
        for table, checks in by_table.items():
            if table.replace('"', "") in present:
                found.append(scan(connection, table, list(checks.values())))
            else:
                origin = next(iter(checks.values())).origin
                self._fail("table_present", table, "no such table", "a table", origin)
        return found

    def _checks(self, connection: duckdb.DuckDBPyConnection, present: set[str]) -> list[Check]:
        checks: list[Check] = []
        for path in sorted(path for folder in self.folders for path in folder.glob("*.yml")):
            try:
                content = read_suite(path)
                if content["layer"] == self.layer:
                    checks += compile_suite(content, path.name)
                    if templates := content.get("each_stream"):
                        checks += self._stream_checks(connection, present, templates, path.name)
            except SuiteError as error:
                self._fail("suite_readable", path.name, str(error), "a suite file", str(path))
        for number, entry in enumerate(self.extra, 1):
            checks += self._extra(entry, f"extra check {number}")
        return checks

    def _stream_checks(
        self, connection: duckdb.DuckDBPyConnection, present: set[str], templates: Sequence[object], origin: str
    ) -> list[Check]:
        keys = declared_keys(connection, present, self.keys)
        for platform in self.platforms:
            if not keys.get(platform):
                self._fail(
                    "streams_declared", f"raw_{platform}", "no declared stream", "key columns", "raw.declarations"
                )
        return list(stream_checks(templates, streams(connection, self.platforms, keys), origin))

    def _extra(self, entry: Mapping[str, object], origin: str) -> list[Check]:
        rest = {key: value for key, value in entry.items() if key not in ("layer", "table")}
        try:
            if entry.get("layer") != self.layer:
                return []
            return [compile_check(self.layer, str(entry.get("table")), rest, origin)]
        except SuiteError as error:
            self._fail("suite_readable", str(entry.get("table")), str(error), "a check", origin)
            return []

    def _fail(self, check: str, table: str, observed: str, expected: str, look: str) -> None:
        self.failures.append(failure(self.layer, check, table, observed, expected, look))
