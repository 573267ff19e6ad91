"""A clean database passes every layer without a false alarm."""

from __future__ import annotations

from collections.abc import Callable
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


def test_keys_may_be_given_instead_of_declared(gate: Gate, clean: Path, keys: Any, failed: Any) -> None:
    results = gate(clean, "raw", keys=keys)
    assert failed(results) == set()
    assert {result.table for result in results} >= {"raw_discourse.messages", "raw_slack_export.messages"}
