"""The charts show what is there: holes as holes, round axes, and a table behind each."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reports.build import Report
from reports.charts import Chart, Line, bar_chart, line_chart, sparkline
from reports.language import Language
from reports.svg import Look, holes, path, ticks

CHART = Chart("c", "Title <b>", "Words & more", Language("en", ZoneInfo("UTC")), 600, 300)


@pytest.mark.parametrize(
    ("most", "wanted"), [(0, [0, 1]), (1, [0, 1]), (7, [0, 2, 4, 6, 8]), (246, [0, 100, 200, 300])]
)
def test_axes_are_round_and_whole(most: float, wanted: list[float]) -> None:
    assert ticks(most) == wanted


def test_a_line_breaks_at_a_hole() -> None:
    drawn = path([0, 1, 2, 3, 4], [1.0, 2.0, None, 3.0, None], lambda value: value)
    assert drawn == "M0.0 1.0L1.0 2.0M3.0 3.0h0.1"


def test_holes_are_found_after_the_first_value() -> None:
    assert holes([None, 1.0, None, None, 2.0, None]) == [(2, 3), (5, 5)]
    assert holes([None, None]) == []


def test_a_gap_is_hatched_in_lines_and_bars() -> None:
    days = [date(2026, 1, 1) + timedelta(days=step) for step in range(40)]
    values: list[float | None] = [10.0] * 20 + [None] * 5 + [12.0] * 15
    line = Line("Day", values, "red", 1)
    drawn = line_chart(CHART, days, [line], values)
    assert drawn.count('fill="url(#c-gap)"') == 1
    assert drawn.count("M") > 2
    assert bar_chart(CHART, days, [line], values).count("<g>") == 35
    assert "hatch" not in drawn
    assert "Title &lt;b&gt;" in drawn


def test_a_chart_moves_back_to_each_week_of_the_page() -> None:
    days = [date(2026, 1, 5) + timedelta(days=step) for step in range(70)]
    line = Line("Day", [float(step) for step in range(70)], "red", 1)
    drawn = line_chart(CHART, days, [line], line.values, weeks=["2026-W11", "2026-W10", "2026-W09"])
    assert re.findall(r'<g data-week="([^"]+)"( hidden)?>', drawn) == [
        ("2026-W11", ""),
        ("2026-W10", " hidden"),
        ("2026-W09", " hidden"),
    ]
    [(left, week)] = re.findall(r'data-left="([^"]+)" data-week-width="([^"]+)"', drawn)
    xs = [
        float(x)
        for x in re.findall(r"[ML]([-\d.]+) ", re.search(r'<path d="(M[^"]+)" stroke-linejoin', drawn).group(1))
    ]  # type: ignore[union-attr]
    # two weeks lie before the plot, and each step back brings one of them into it
    assert sum(x < float(left) - 0.1 for x in xs) == 14
    assert xs[14] - xs[7] == pytest.approx(float(week), abs=0.11)
    assert line_chart(CHART, days, [line], line.values).count("data-week=") == 0


def test_a_sparkline_needs_two_values() -> None:
    assert sparkline([None, 3.0, None], Look()) == ""
    assert "<circle" in sparkline([1.0, 3.0, 2.0], Look())
    assert "<circle" not in sparkline([1.0, 3.0, None], Look())


def test_the_page_has_its_parts(report: Report) -> None:
    page = report.dashboard.read_text(encoding="utf-8")
    faces = page.count("<h1 data-scope=")
    assert faces == 3 * 12
    assert page.count('class="tile"') == 4 * faces
    assert page.count("<details>") == 2 * 3
    assert page.count("Mar 6, 2026") + page.count("March 6, 2026") >= 1
    assert "28 of the last 28 days" in re.sub(r"<[^>]+>", "", page)
    assert "prefers-color-scheme:dark" in page
    assert 'name="viewport"' in page
    assert len(page) < 1_500_000


def test_every_picture_has_words(report: Report) -> None:
    page = report.dashboard.read_text(encoding="utf-8")
    for picture in re.findall(r"<svg[^>]*>", page):
        assert 'aria-hidden="true"' in picture or ('role="img"' in picture and "aria-labelledby" in picture)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, reports.build, reports.verify;"
        "print([m for m in ('altair', 'pandas', 'pyarrow', 'prefect', 'dbt', 'dlt') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_only_script_is_the_one_the_policy_names(report: Report) -> None:
    page = report.dashboard.read_text(encoding="utf-8")
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    assert "</" not in script


def test_every_part_that_answers_to_a_filter_can_be_chosen(report: Report) -> None:
    page = report.dashboard.read_text(encoding="utf-8")
    chosen = set(re.findall(r'<option value="([^"]+)"', page))
    assert set(re.findall(r'data-scope="([^"]+)"', page)) <= chosen
    assert set(re.findall(r'data-week="([^"]+)"', page)) <= chosen
    shown = re.findall(r'<h1 data-scope="(\w+)" data-week="([\w-]+)">', page)
    assert shown == [("all", "2026-W26")]
