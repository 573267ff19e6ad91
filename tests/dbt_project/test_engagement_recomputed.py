"""engagement_daily and member-days against a recomputation in pandas from the same raw rows, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

ZONE = "Europe/Paris"
# by hand, from community.sql: who is no person, and who is staff
NO_PEOPLE = {("forum", "-1"), ("forum", "4"), ("chat", "USLACKBOT"), ("chat", "B9"), ("chat", "UBOT")}
STAFF = {("forum", "2"), ("forum", "3"), ("chat", "ULEAD"), ("chat", "UBOSS")}
# by hand, from community.sql: the forum's days that were not, or not wholly, observed
GAPS = [date(2024, 5, 11), date(2024, 6, 1), date(2024, 6, 6), date(2024, 6, 7), date(2024, 6, 8)]
FORUM_END, CHAT_START, CHAT_END = date(2024, 6, 30), date(2024, 3, 5), date(2024, 6, 20)


def local(instants: pd.Series) -> pd.Series:
    return pd.to_datetime(instants).dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.date


def latest(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """What was last written of each message, and whether it is gone by what was last seen of it."""
    ordered = rows.sort_values(["observed_at", "run_id", "seq"])
    written = ordered[~ordered["is_tombstone"]].groupby(key, as_index=False).tail(1)
    gone = ordered.groupby(key, as_index=False).tail(1)[[*key, "gone"]].rename(columns={"gone": "gone_at"})
    return written.merge(gone, on=key)


@pytest.fixture(scope="module")
def acts(database: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every message of a person that stood: source, person, day, kind."""
    forum = database.execute("select * from raw_discourse.messages where source = 'forum'").df()
    forum["gone"] = forum["deleted_at"].fillna(forum["updated_at"].where(forum["user_deleted"].fillna(False)))
    forum = latest(forum, ["id"])
    forum = forum[(forum["post_type"] == 1) & (forum["user_id"] > 0)]
    forum["person"] = forum["user_id"].astype(int).astype(str)
    forum["kind"] = (forum["post_number"] == 1).map({True: "post", False: "comment"})
    chat = database.execute("select * from raw_slack_export.messages where source = 'chat'").df()
    chat["gone"] = chat["deleted_at"]
    chat = latest(chat, ["channel_id", "ts"])
    spoken = ["me_message", "thread_broadcast", "bot_message", "file_comment"]
    chat = chat[(chat["subtype"].isna() | chat["subtype"].isin(spoken)) & chat["user"].notna()]
    chat["person"] = chat["user"]
    opens = chat["thread_ts"].isna() | (chat["thread_ts"] == chat["ts"])
    chat["kind"] = opens.map({True: "post", False: "comment"})
    every = pd.concat([forum, chat])[["source", "person", "kind", "created_at", "gone_at"]]
    every["day"] = local(every["created_at"])
    every["gone_day"] = local(every["gone_at"])
    stood = every["gone_day"].isna() | (every["gone_day"] > every["day"])
    nobody = pd.Series(list(zip(every["source"], every["person"], strict=True)), index=every.index).isin(NO_PEOPLE)
    return every[stood & ~nobody]


def uncovered(scope: str, day: date) -> float:
    """The share of a local day that was not observed, reckoned by hand."""
    if scope == "chat":
        return 8.5 / 24 if day == CHAT_END else 0.0  # the last message was written at 15:30 UTC
    if day == FORUM_END:
        return 10 / 24  # from 12:00 UTC
    return 2 / 24 if day == date(2024, 6, 1) else float(day in GAPS)


def expected(acts: pd.DataFrame, scope: str, population: str, day: date) -> dict[str, float | None]:
    rows = acts if scope == "all" else acts[acts["source"] == scope]
    people = rows["source"] + ":" + rows["person"]
    if population == "members":
        staff = {f"{source}:{person}" for source, person in STAFF}
        rows, people = rows[~people.isin(staff)], people[~people.isin(staff)]
    numbers: dict[str, float | None] = {}
    for name, window in (("dau", 1), ("wau", 7), ("mau", 28)):
        days = [day - timedelta(days=back) for back in range(window)]
        missed = sum(uncovered(scope, d) for d in days)
        known = missed == 0 if window == 1 else missed <= window / 10
        numbers[name] = people[rows["day"].isin(days)].nunique() if known else None
    today = rows[rows["day"] == day]
    firsts = rows.groupby(people)["day"].min()
    numbers["posters"] = people[rows["day"] == day].nunique()
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
    first, last = (CHAT_START, CHAT_END) if scope == "chat" else (date(2024, 3, 1), FORUM_END)
    assert [row[0] for row in rows] == [first + timedelta(days=n) for n in range((last - first).days + 1)]
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
