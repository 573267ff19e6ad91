"""The summary tells what the snapshot holds, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.build import Report, build
from reports.verify import verify


@pytest.fixture(scope="module")
def report(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return build(snapshot, tmp_path_factory.mktemp("report"), community="Agora", locale="en", minimum_cell=5)


def test_a_fresh_report_is_proven(report: Report, snapshot: Path) -> None:
    assert verify(report.folder, snapshot) == []
