"""active_days, participation and content_performance against pandas and plain Python, from the same raw rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import accumulate
from math import ceil

import duckdb
import pandas as pd
import pytest

from tests.dbt_project.recomputed import is_known, people, span, uncovered

SCOPES = pytest.mark.parametrize("scope", ["all", "forum", "chat"])
POPULATIONS = pytest.mark.parametrize("population", ["everyone", "members"])
MONTHS = [date(2024, month, 1) for month in (3, 4, 5, 6)]


@SCOPES
@POPULATIONS
def test_members_by_number_of_active_days(
    database: duckdb.DuckDBPyConnection, acts: pd.DataFrame, scope: str, population: str
) -> None:
    days = people(acts, scope, population)[["who", "day"]].drop_duplicates()
    found = database.execute(
        "select week_end, window_days, n, members from marts.active_days where scope = ? and population = ?",
        [scope, population],
    ).fetchall()
    expected = {}
    for sunday in (day for day in span(scope) if day.weekday() == 6):
        for length in (7, 28):
            window = [sunday - timedelta(days=back) for back in range(length)]
            tally = Counter(days[days["day"].isin(window)].groupby("who").size())
            known = is_known(scope, window)
            expected |= {(sunday, length, n): tally[n] if known else None for n in range(1, length + 1)}
    assert {(sunday, length, n): members for sunday, length, n, members in found} == expected


def month_days(month: date) -> list[date]:
    return [day for day in (month + timedelta(days=n) for n in range(31)) if day.month == month.month]


def month_is_known(scope: str, month: date) -> bool:
    """Days before the scope are no gap, days after it are one."""
    last = span(scope)[-1]
    missed = sum(1.0 if day > last else uncovered(scope, day) for day in month_days(month))
    return missed <= len(month_days(month)) / 10


@SCOPES
@POPULATIONS
def test_inequality_and_the_shares_of_the_few(
    database: duckdb.DuckDBPyConnection, acts: pd.DataFrame, scope: str, population: str
) -> None:
    found = database.execute(
        "select month, posters, messages, gini, top_1pct_messages, top_10pct_messages, absence_factor"
        " from marts.participation where scope = ? and population = ? order by month",
        [scope, population],
    ).fetchall()
    assert [row[0] for row in found] == MONTHS
    rows = people(acts, scope, population)
    for month, posters, messages, gini, one, ten, absence in found:
        if not month_is_known(scope, month):
            assert (posters, messages, gini, one, ten, absence) == (None,) * 6
            continue
        wrote = sorted(rows[rows["day"].isin(month_days(month))].groupby("who").size(), reverse=True)
        assert (posters, messages) == (len(wrote), sum(wrote))
        # the pairwise definition
        apart = sum(abs(a - b) for a in wrote for b in wrote)
        assert gini == pytest.approx(apart / (2 * len(wrote) * sum(wrote)), rel=1e-12)
        assert (one, ten) == (sum(wrote[: ceil(len(wrote) / 100)]), sum(wrote[: ceil(len(wrote) / 10)]))
        assert absence == next(n for n, sum_ in enumerate(accumulate(wrote), 1) if 2 * sum_ >= sum(wrote))


def test_months_are_both_known_and_unknown(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute("select distinct scope, month from marts.participation where posters is null").fetchall()
    assert set(rows) == {("forum", date(2024, 6, 1)), ("all", date(2024, 6, 1)), ("chat", date(2024, 6, 1))}


def test_heavy_and_occasional_members(database: duckdb.DuckDBPyConnection, acts: pd.DataFrame) -> None:
    rows = people(acts, "all", "everyone")
    march = rows[rows["day"].isin(month_days(MONTHS[0]))]
    days = march.drop_duplicates(["who", "day"]).groupby("who").size()
    [found] = database.execute(
        "select heavy_members, occasional_members from marts.participation"
        " where scope = 'all' and population = 'everyone' and month = '2024-03-01'"
    ).fetchall()
    assert found == ((days >= 8).sum(), (days < 8).sum())


def test_observers_stand_only_where_the_platform_states_its_members(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        "select scope, month, population, observer_members + heavy_members + occasional_members"
        " from marts.participation where observer_members is not null order by all"
    ).fetchall()
    # by hand: 100 members from the 20th of April, 120 from the 20th of May; two of them staff
    assert rows == [
        ("forum", date(2024, 4, 1), "everyone", 100),
        ("forum", date(2024, 4, 1), "members", 98),
        ("forum", date(2024, 5, 1), "everyone", 120),
        ("forum", date(2024, 5, 1), "members", 118),
    ]


def test_what_content_met_with(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        "select scope, key, messages, engaged_messages, engagements from marts.content_performance"
        " where month = '2024-03-01' and slice = 'kind' order by all"
    ).fetchall()
    cells = {(scope, kind): numbers for scope, kind, *numbers in rows}
    for kind in ("post", "comment"):
        together = [sum(pair) for pair in zip(cells["forum", kind], cells["chat", kind], strict=True)]
        assert cells["all", kind] == together
    messages = {("forum", "post"): 0, ("forum", "comment"): 0, ("chat", "post"): 0, ("chat", "comment"): 0}
    for source, kind, number in database.execute(
        "select source, kind, count(*) from marts.fct_messages where is_counted and local_date between '2024-03-01'"
        " and '2024-03-31' and source in ('forum', 'chat') group by all"
    ).fetchall():
        messages[source, kind] = number
    assert {cell: numbers[0] for cell, numbers in cells.items() if cell[0] != "all"} == messages


def test_rates_are_drawn_to_the_mean_by_the_moments(database: duckdb.DuckDBPyConnection) -> None:
    frame = database.execute("select * from marts.content_performance where rate is not null").df()
    assert frame["slice"].nunique() == 3
    for _, cells in frame.groupby(["scope", "slice", "month"]):
        n, k = cells["messages"], cells["engaged_messages"]
        mean = k.sum() / n.sum()
        excess = (n * (k / n - mean) ** 2).sum() - mean * (1 - mean) * (len(cells) - 1)
        room = mean * (1 - mean) * (n.sum() - (n**2).sum() / n.sum() - (len(cells) - 1))
        rho = excess / room if room > 1e-12 else 0.0
        prior = min(max((1 - rho) / rho, 1), n.sum()) if rho > 1e-12 else n.sum()
        assert cells["rate"].to_list() == pytest.approx(((k + prior * mean) / (n + prior)).to_list(), rel=1e-9)


def test_hours_are_the_community_s(database: duckdb.DuckDBPyConnection) -> None:
    keys = database.execute(
        "select distinct key from marts.content_performance where slice = 'weekday_hour' and scope = 'forum'"
        " and month = '2024-03-01'"
    ).fetchall()
    # message 101 was written on Saturday, 22:30 UTC, which is 23:30 in Paris
    assert ("6-23",) in keys
