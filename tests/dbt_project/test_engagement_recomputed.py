"""engagement_daily and member-days against a recomputation in pandas from the same raw rows, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from tests.dbt_project.recomputed import people, span, uncovered


def expected(acts: pd.DataFrame, scope: str, population: str, day: date) -> dict[str, float | None]:
    rows = people(acts, scope, population)
    who = rows["who"]
    numbers: dict[str, float | None] = {}
    for name, window in (("dau", 1), ("wau", 7), ("mau", 28)):
        days = [day - timedelta(days=back) for back in range(window)]
        missed = sum(uncovered(scope, d) for d in days)
        known = missed == 0 if window == 1 else missed <= window / 10
        numbers[name] = who[rows["day"].isin(days)].nunique() if known else None
    today = rows[rows["day"] == day]
    firsts = rows.groupby(who)["day"].min()
    numbers["posters"] = who[rows["day"] == day].nunique()
    numbers["posts"] = (today["kind"] == "post").sum()
    numbers["comments"] = (today["kind"] == "comment").sum()
    numbers["new_posters"] = (firsts == day).sum()
    if numbers["dau"] is None:
        numbers = {name: numbers[name] if name in ("wau", "mau") else None for name in numbers}
    return numbers


@pytest.mark.parametrize("population", ["everyone", "members"])
@pytest.mark.parametrize("scope", ["all", "forum", "chat"])
def test_every_day_of_engagement_equals_the_recomputation(
    database: duckdb.DuckDBPyConnection, acts: pd.DataFrame, scope: str, population: str
) -> None:
    names = ["dau", "wau", "mau", "posters", "posts", "comments", "new_posters"]
    rows = database.execute(
        f"select local_date, {', '.join(names)} from marts.engagement_daily"
        " where scope = ? and population = ? order by local_date",
        [scope, population],
    ).fetchall()
    assert [row[0] for row in rows] == span(scope)
    for day, *found in rows:
        assert dict(zip(names, found, strict=True)) == expected(acts, scope, population, day), (scope, day)


def test_member_days_are_the_active_days_and_their_messages(
    database: duckdb.DuckDBPyConnection, acts: pd.DataFrame
) -> None:
    found = database.execute(
        "select d.scope, a.account_id, d.local_date, d.posts + d.comments as messages"
        " from marts.fct_member_days as d inner join marts.dim_accounts as a using (member_key)"
        " where d.scope <> 'all'"
    ).fetchall()
    counted = acts.groupby(["source", "person", "day"]).size()
    assert {(scope, person, day): n for scope, person, day, n in found} == counted.to_dict()


def test_both_sources_together_are_counted_once_in_all(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        "select sum(posts + comments) filter (where scope = 'all'), sum(posts + comments) filter (where scope <> 'all')"
        " from marts.fct_member_days"
    ).fetchall()
    assert rows[0][0] == rows[0][1] > 0
