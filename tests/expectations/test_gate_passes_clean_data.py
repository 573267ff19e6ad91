"""A clean database passes every layer without a false alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations.result import LAYERS, CheckResult, Layer

Gate = Callable[..., list[CheckResult]]


@pytest.mark.parametrize("layer", LAYERS)
def test_clean_data_raise_no_alarm(gate: Gate, clean: Path, layer: Layer) -> None:
    results = gate(clean, layer, previous=clean)
    assert [result.line() for result in results if result.outcome == "fail"] == []
    assert len(results) > 15


def test_what_was_written_while_a_long_run_went_on_is_not_from_the_future(
    gate: Gate, database: Path, plant: Any, failed: Any
) -> None:
    late = "('x9', 'forum', 'system', '2024-06-30 16:30', '2024-06-30')"
    plant(database, f"insert into marts.fct_messages (message_key, source, kind, created_at, local_date) values {late}")
    began = datetime(2024, 6, 30, 12)
    assert failed(gate(database, "core", started_at=began, now=began + timedelta(hours=5))) == set()
    assert {check for _, check in failed(gate(database, "core", now=began))} == {"not_from_future", "not_after_as_of"}


def test_what_a_pull_that_failed_half_way_has_read_holds_nothing_back(
    gate: Gate, database: Path, plant: Any, failed: Any
) -> None:
    young = "('x9', 'forum', 'system', '2024-06-30 11:00', '2024-06-30')"
    columns = "message_key, source, kind, created_at, local_date"
    plant(database, f"insert into marts.fct_messages ({columns}) values {young}")
    plant(database, "update marts.dim_sources set as_of = '2024-06-28 23:00' where source = 'forum'")
    assert {check for _, check in failed(gate(database, "core"))} == {"not_after_as_of"}
    plant(database, "update raw.coverage set run_id = 'the run before' where source = 'forum'")
    assert failed(gate(database, "core")) == set()


def test_keys_may_be_given_instead_of_declared(gate: Gate, clean: Path, keys: Any, failed: Any) -> None:
    results = gate(clean, "raw", keys=keys)
    assert failed(results) == set()
    assert {result.table for result in results} >= {"raw_discourse.messages", "raw_slack_export.messages"}
