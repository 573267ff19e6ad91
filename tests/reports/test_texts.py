"""The summary's words, whole, in three languages: a quiet week, and one that changed. Read by eye on 2026-11-25.

After a deliberate change of wording: MUSTER_WRITE_TEXTS=1 pytest tests/reports/test_texts.py, then read what changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reports.build import Report
from reports.language import LANGUAGES
from tests.reports.conftest import World
from tests.reports.test_calendar import with_calendar

TEXTS = Path(__file__).parent / "texts"


def a_busy_week() -> World:
    """More of everything, with one day far above the rest, an event, and an open gap in the last weeks."""
    return World(last_week=1.7, gap=(date(2026, 6, 3), date(2026, 6, 5)), day_factor={date(2026, 6, 24): 1.5})


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("week", ["quiet", "busy"])
def test_the_summary_reads_as_it_was_read(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], locale: str, week: str
) -> None:
    snapshot = make_snapshot(World(warnings=()) if week == "quiet" else a_busy_week())
    if week == "busy":
        with_calendar(snapshot)
    report = build_at(snapshot, locale=locale, names=False)
    told = report.summary_txt.read_text(encoding="utf-8")
    file = TEXTS / f"{week}.{locale}.txt"
    if os.environ.get("MUSTER_WRITE_TEXTS"):
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")
