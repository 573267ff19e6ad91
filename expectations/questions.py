"""Gathers a layer's checks from the suite files, measures them, and notes what could not be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import Check, SuiteError, compile_check, compile_suite, read_suite
from expectations.keys import KeyHashes
from expectations.rates import rate_checks, rates
from expectations.result import CheckResult, Layer, failure
from expectations.scan import Profile, opened, reason, scan, session, tables
from expectations.streams import Keys, declared_keys, stream_checks, streams

_HERE = Path(__file__).parent


class Questions:
    """What a layer is asked; `failures` are the blocking results of what could not be asked at all."""

    def __init__(
        self,
        layer: Layer,
        platforms: Sequence[str],
        keys: Keys | None = None,
        custom: Sequence[Path] = (),
        extra: Sequence[Mapping[str, object]] = (),
    ) -> None:
        self.layer = layer
        self.platforms = platforms
        self.keys = keys
        self.folders = [_HERE / "suites", _HERE / "custom", *custom]
        self.extra = extra
        self.failures: list[CheckResult] = []

    def measure(self, database: Path, previous: Path | None, variables: Mapping[str, str | datetime]) -> list[Profile]:
        """Open the database read-only, scan every table once, close it; a missing table is one failure."""
        try:
            with opened(database, previous, variables) as connection:
                present = tables(connection)
                asked = self._by_table(self._checks(connection, present), present)
                keys = KeyHashes()

                def measured(table: str) -> Profile:
                    return scan(session(connection, variables), table, asked[table], keys)

                # two at once: what one does between its queries leaves a core to the other
                with ThreadPoolExecutor(2) as pool:
                    return list(pool.map(measured, asked))
        except duckdb.Error as error:
            self._fail("database_opens", database.name, reason(error), "a readable database", str(database))
            return []

    def _by_table(self, checks: Iterator[Check], present: set[str]) -> dict[str, list[Check]]:
        asked: dict[str, dict[str, Check]] = {}
        missing: set[str] = set()
        for check in checks:
            if not set(check.needs) <= present:
                continue
            if check.table.replace('"', "") not in present:
                if check.table not in missing:
                    self._fail("table_present", check.table, "no such table", "a table", check.origin)
                missing.add(check.table)
                continue
            of_table = asked.setdefault(check.table, {})
            if check.name in of_table:
                self._fail("suite_readable", check.table, f"{check.name} is declared twice", "once", check.origin)
            of_table.setdefault(check.name, check)
        return {table: list(of_table.values()) for table, of_table in asked.items()}

    def _checks(self, connection: duckdb.DuckDBPyConnection, present: set[str]) -> Iterator[Check]:
        for path in (path for folder in self.folders for path in sorted(folder.glob("*.yml"))):
            try:
                content = read_suite(path)
                if content["layer"] == self.layer:
                    yield from compile_suite(content, path.name)
                    yield from self._of_streams(connection, present, content.get("each_stream"), path.name)
                    if templates := content.get("each_rate"):
                        yield from rate_checks(self.layer, templates, rates(connection, present), path.name)
            except SuiteError as error:
                self._fail("suite_readable", path.name, str(error), "a suite file", str(path))
        for number, entry in enumerate(self.extra, 1):
            yield from self._extra(entry, f"extra check {number}")

    def _of_streams(
        self, connection: duckdb.DuckDBPyConnection, present: set[str], templates: Any, origin: str
    ) -> Iterator[Check]:
        if not templates:
            return
        keys = declared_keys(connection, present, self.keys)
        for platform in self.platforms:
            if not keys.get(platform):
                self._fail(
                    "streams_declared", f"raw_{platform}", "no declared stream", "key columns", "raw.declarations"
                )
        yield from stream_checks(templates, streams(connection, self.platforms, keys), origin)

    def _extra(self, entry: Mapping[str, object], origin: str) -> Iterator[Check]:
        if entry.get("layer") != self.layer:
            return
        try:
            rest = {key: value for key, value in entry.items() if key not in ("layer", "table")}
            yield compile_check(self.layer, str(entry.get("table")), rest, origin)
        except SuiteError as error:
            self._fail("suite_readable", str(entry.get("table")), str(error), "a check", origin)

    def _fail(self, check: str, table: str, observed: str, expected: str, look: str) -> None:
        self.failures.append(failure(self.layer, check, table, observed, expected, look))
