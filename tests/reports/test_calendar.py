"""A change says what of the calendar it coincides with, and that this need not be the cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from reports.build import Report
from reports.verify import verify
from tests.reports.conftest import World

CALENDAR = """
create table ops.calendar as select * from (values
    ('Lantern <b>walk</b>', 'meeting', date '2026-06-24', date '2026-06-24'),
    ('Contest', 'contest', date '2026-06-20', date '2026-06-23'),
    ('Spring cleaning', '', date '2026-04-01', date '2026-06-21')
) as events(event, kind, start_date, end_date)
"""


def with_calendar(folder: Path) -> Path:
    with duckdb.connect(str(folder / "community.duckdb")) as community:
        community.execute(CALENDAR)
    return folder


@pytest.mark.parametrize(
    ("locale", "said", "warned"),
    [
        (
            "en",
            "In the calendar: Lantern <b>walk</b> (Wed, Jun 24), Contest (Sat, Jun 20 to Tue, Jun 23).",
            "need not",
        ),
        (
            "fr",
            "Au calendrier : Lantern <b>walk</b> (mer. 24 juin), Contest (du sam. 20 juin au mar. 23 juin).",
            "pas forcément la cause",
        ),
        (
            "ru",
            "В календаре: Lantern <b>walk</b> (ср, 24 июн.), Contest (сб, 20 июн. — вт, 23 июн.).",
            "не обязательно было причиной",
        ),
    ],
)
def test_a_week_says_what_its_changes_coincide_with(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], locale: str, said: str, warned: str
) -> None:
    snapshot = with_calendar(make_snapshot(World(last_week=1.7)))
    report = build_at(snapshot, locale=locale)
    text = report.summary_txt.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert said in text
    assert warned in text
    assert "Spring cleaning" not in text
    assert "<b>walk" not in report.dashboard.read_text(encoding="utf-8")
    assert verify(report.folder, snapshot) == []


def test_a_day_says_what_it_coincides_with(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report]
) -> None:
    snapshot = with_calendar(make_snapshot(World(day_factor={date(2026, 6, 24): 2.2})))
    report = build_at(snapshot)
    [line] = [line for line in report.summary_txt.read_text(encoding="utf-8").splitlines() if "on one day" in line]
    assert line.endswith("At the same time: Lantern <b>walk</b> (Wed, Jun 24).")
    assert verify(report.folder, snapshot) == []


def test_a_quiet_week_names_its_events_too(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report]
) -> None:
    report = build_at(with_calendar(make_snapshot(World())))
    text = report.summary_txt.read_text(encoding="utf-8")
    assert "In the calendar: Lantern <b>walk</b> (Wed, Jun 24), Contest" in text
    assert "need not be the cause" not in text
