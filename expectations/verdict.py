"""Great Expectations' part: a profile per table becomes a suite of native expectations, its results become ours."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any

from expectations.checks import Check
from expectations.result import CheckResult, Layer, failure
from expectations.scan import Profile


def judge(layer: Layer, profiles: Sequence[Profile]) -> list[CheckResult]:
    """Validate every table's profile against its suite; in the order of the declarations."""
    if not profiles:
        return []
    context = _context()
    return [result for profile in profiles for result in _judge_table(context, layer, profile)]


def _context() -> Any:
    """An ephemeral context that tells nobody and draws no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read while great_expectations is imported
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _judge_table(context: Any, layer: Layer, profile: Profile) -> Iterator[CheckResult]:
    import great_expectations as gx
    import pandas as pd

    frame = pd.DataFrame([profile.values], dtype="float64")
    asset = context.data_sources.add_pandas(f"{layer} {profile.table}").add_dataframe_asset("profile")
    batch = asset.add_batch_definition_whole_dataframe("run").get_batch({"dataframe": frame})
    # a measure without a value (nothing to measure) is no violation
    unknown = {check.name for check in profile.checks if math.isnan(profile.values[check.name])}
    judged = [_expectation(check) for check in profile.checks if check.name not in unknown]
    suite = gx.ExpectationSuite(name=profile.table, expectations=judged)
    # of a profile of one row the verdict is all there is to know; the rest of a result costs as much again
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    passed = {result.expectation_config.meta["check"]: bool(result.success) for result in results}
    for check in profile.checks:
        yield _result(profile, check, check.name in unknown or passed.get(check.name, False))


def _expectation(check: Check) -> Any:
    from great_expectations.expectations.core.expect_column_max_to_be_between import ExpectColumnMaxToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity

    severity = FailureSeverity.CRITICAL if check.severity == "block" else FailureSeverity.WARNING
    # of one row any aggregate will do, and costs less than half of what is asked of each value
    return ExpectColumnMaxToBeBetween(
        column=check.name, min_value=check.minimum, max_value=check.maximum, severity=severity,
        notes=check.says, meta={"check": check.name, "table": check.table, "layer": check.layer, "look": check.look},
    )  # fmt: skip


def _result(profile: Profile, check: Check, passed: bool) -> CheckResult:
    error = profile.errors.get(check.name)
    if error:  # a check that cannot be asked protects nobody: it blocks, whatever its severity
        return failure(check.layer, check.name, check.table, f"not measurable ({error})", check.expected, check.origin)
    return CheckResult(
        layer=check.layer, check=check.name, table=check.table, severity=check.severity,
        outcome="pass" if passed else "fail", observed=check.observed(profile.values[check.name]),
        expected=check.expected, says=check.says, look=check.look,
    )  # fmt: skip
