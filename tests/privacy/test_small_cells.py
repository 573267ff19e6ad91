"""Exports: small groups, what gives them away, and cells that a spreadsheet would run."""

from typing import Any

import pytest

from flows.export import neutral
from flows.export_cells import suppress
from flows.export_shapes import LEFT_OUT, SHAPES

MINIMUM = 5


def growth(scope: str, active: int, churned: int = 10, population: str = "members") -> dict[str, Any]:
    where = {"scope": scope, "population": population, "period_kind": "week", "period_start": 1, "period_end": 7}
    counts = {"active": active, "previous_active": 40, "new": 10, "retained": 30, "resurrected": 10, "churned": churned}
    return where | counts | {"left_explicitly": 0, "banned": 0, "churn_rate": churned / 40, "is_complete": True}


def shown(rows: list[dict[str, Any]], table: str = "growth_accounting") -> list[bool]:
    suppress(SHAPES[table], rows, MINIMUM)
    return [row["active"] is not None for row in rows]


def test_a_small_group_is_withheld_with_all_that_hangs_on_it() -> None:
    rows = [growth("all", 50, churned=3)]
    suppress(SHAPES["growth_accounting"], rows, MINIMUM)
    assert rows[0]["churn_rate"] is None
    assert rows[0]["active"] is None
    assert rows[0]["is_complete"] is True
    assert rows[0]["scope"] == "all"


def test_zero_and_the_minimum_itself_are_told() -> None:
    assert shown([growth("all", 50, churned=0), growth("all", 50, churned=MINIMUM) | {"period_end": 14}]) == [
        True,
        True,
    ]


def test_the_next_smallest_source_goes_where_the_total_would_give_one_away() -> None:
    rows = [growth("all", 93), growth("a", 4), growth("b", 60), growth("c", 29)]
    assert shown(rows) == [True, False, True, False]


def test_a_single_source_that_is_withheld_takes_the_total_with_it() -> None:
    assert shown([growth("all", 4), growth("a", 4)]) == [False, False]
    assert shown([growth("all", 6), growth("a", 4)]) == [False, False]


def test_two_small_sources_are_not_told_together() -> None:
    # 63 less 59 would say that the two are four
    assert shown([growth("all", 63), growth("a", 2), growth("b", 2), growth("c", 59)]) == [True, False, False, False]
    assert shown([growth("all", 65), growth("a", 3), growth("b", 3), growth("c", 59)]) == [True, False, False, True]
    assert shown([growth("all", 6), growth("a", 2), growth("b", 1)]) == [False, False, False]


def test_few_staff_are_not_told_by_subtraction() -> None:
    assert shown([growth("a", 43, population="everyone"), growth("a", 40), growth("b", 60)]) == [False, True, True]


def test_the_small_rest_of_a_cohort_is_withheld() -> None:
    where = {"scope": "a", "population": "members", "cohort_kind": "week", "cohort_start": 1}
    rows = [where | {"age": age, "cohort_size": 30, "active": active, "rate": active / 30}
            for age, active in enumerate((30, 28, 20, 0))]  # fmt: skip
    assert shown(rows, "cohort_retention") == [True, False, True, True]


def test_a_part_of_a_sum_is_never_withheld_alone() -> None:
    where = {"scope": "a", "population": "members", "week_end": 7, "window_days": 7}
    rows = [where | {"n": n, "members": members} for n, members in ((1, 40), (2, 12), (3, 2), (4, 0))]
    suppress(SHAPES["active_days"], rows, MINIMUM)
    assert [row["members"] for row in rows] == [40, None, None, 0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_cells_begin_no_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(-1.5) == -1.5
    assert neutral("a=b") == "a=b"


def test_what_is_left_out_is_not_described() -> None:
    assert not LEFT_OUT.keys() & SHAPES.keys()
    for shape in SHAPES.values():
        assert not {name for name in shape.columns if name.endswith("_key")} - {"channel_key", "parent_channel_key"}
