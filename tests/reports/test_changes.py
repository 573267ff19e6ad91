"""What is told as a change is real: a quiet week is quiet, a fall is found, one odd day is a day."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from reports.build import Report
from reports.significance import false_discovery, score_day, score_week, student_quantile, student_two_sided

World = Any  # conftest's class comes through a fixture: tests are no package


def items(report: Report) -> set[str]:
    stored = json.loads(report.facts.read_text(encoding="utf-8"))
    # those of the summary; the page looks at each source and at earlier weeks besides
    names = {name for name in stored["forms"]["summary.txt"] if name.startswith("item.")}
    return {name.removesuffix(".usual") for name in names if name.endswith(".usual")}


def test_a_quiet_week_says_so(report: Report) -> None:
    assert items(report) == set()
    assert report.headline.endswith("A quiet week: no figure left its usual range.")


def test_a_fall_is_found_once_each_and_at_most_five(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(last_week=0.55)))
    found = items(report)
    assert {"item.active.all", "item.posts.all", "item.comments.all"} <= found
    assert len(found) <= 5
    text = report.summary_txt.read_text(encoding="utf-8")
    assert "Active members: " in text
    assert "below the usual" in text
    assert "above the usual" not in text
    assert "changes stand out." in report.headline


def test_messages_say_where_the_change_lies(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(last_week=0.55)))
    found = {s["name"]: s["value"] for s in json.loads(report.facts.read_text(encoding="utf-8"))["slots"]}
    assert found["comments.all.change"] == found["comments.chat.change"] + found["comments.forum.change"]
    assert "Difference from the week before by source: chat " in report.summary_txt.read_text(encoding="utf-8")


def test_one_odd_day_is_told_as_a_day(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(day_factor={date(2026, 6, 24): 0.25})))
    assert "item.dau.all.20260624" in items(report)
    assert "Active members on one day, Wed, Jun 24: " in report.summary_txt.read_text(encoding="utf-8")


def test_a_small_community_is_not_told_of_small_changes(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    assert items(build_at(make_snapshot(world(members=20, last_week=0.6, newcomers=0)))) == set()


@pytest.mark.parametrize("freedom", [3.0, 5.5, 9.62, 40.0])
@pytest.mark.parametrize("t", [0.0, 0.4, 1.96, 4.5, 30.0])
def test_student_agrees_with_scipy(t: float, freedom: float) -> None:
    assert student_two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=1e-6, abs=1e-9)
    assert student_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-6)


def test_false_discovery_agrees_with_statsmodels() -> None:
    chances = np.random.default_rng(4).beta(0.5, 2, size=60).tolist()
    wanted = multipletests(chances, method="fdr_bh")[1]
    assert false_discovery(chances) == pytest.approx(wanted.tolist())
    assert false_discovery([]) == []


def test_noise_alone_is_seldom_called_a_change() -> None:
    dice = random.Random(7)
    chances = []
    for _ in range(400):
        values = [round(math.exp(dice.gauss(6, 0.08))) for _ in range(36)]
        score = score_week([float(value) for value in values])
        assert score is not None
        chances.append(score.p)
    assert sum(p <= 0.05 for p in chances) / len(chances) == pytest.approx(0.05, abs=0.03)


def test_steady_growth_is_usual_and_its_end_is_not() -> None:
    dice = random.Random(3)
    growth = [200 * 1.03**week * math.exp(dice.gauss(0, 0.02)) for week in range(36)]
    usual, stopped = score_week(growth), score_week([*growth[:-1], growth[-1] * 0.7])
    assert usual is not None
    assert stopped is not None
    assert usual.p > 0.05
    assert stopped.p < 0.01
    assert usual.lo < growth[-1] < usual.hi


def test_too_little_history_is_no_score() -> None:
    assert score_week([100.0] * 12) is None
    assert score_week([]) is None
    assert score_week([100.0] * 35 + [None]) is None
    assert score_day([10.0] * 30, 29) is None


def test_a_gap_in_history_does_not_matter_but_is_not_zero() -> None:
    values: list[float | None] = [100.0 + week % 5 for week in range(36)]
    values[20] = values[21] = None
    score = score_week(values)
    assert score is not None
    assert score.usual == pytest.approx(102, abs=2)


def test_a_day_is_compared_with_its_own_weekday() -> None:
    dice = random.Random(5)
    rhythm = (100, 110, 105, 100, 90, 40, 35)
    values: list[float | None] = [round(rhythm[day % 7] * math.exp(dice.gauss(0, 0.05))) for day in range(126)]
    sunday = score_day(values, 125)
    assert sunday is not None
    assert sunday.p > 0.01
    values[122] = 20.0
    fallen = score_day(values, 122)
    assert fallen is not None
    assert fallen.p < 1e-6


def test_in_a_gap_nothing_is_called_a_change(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(last_week=0.55, gap=(date(2026, 6, 23), date(2026, 6, 24)))))
    # the same fall as above in a week in which the chat was not heard for two days: the forum fell, and single days did
    found = {name for name in items(report) if not name.endswith(".forum")}
    assert not {name for name in found if not name.startswith("item.dau.all.")}
    assert not {"item.dau.all.20260623", "item.dau.all.20260624"} & found
