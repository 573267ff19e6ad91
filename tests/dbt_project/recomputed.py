"""The micro-community recomputed in pandas from its raw rows: who acted when, and which days were not observed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import pandas as pd

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


def people(acts: pd.DataFrame, scope: str, population: str) -> pd.DataFrame:
    """The acts of a scope and population, with who acted as `who`."""
    rows = acts if scope == "all" else acts[acts["source"] == scope]
    rows = rows.assign(who=rows["source"] + ":" + rows["person"])
    staff = {f"{source}:{person}" for source, person in STAFF}
    return rows[~rows["who"].isin(staff)] if population == "members" else rows


def is_known(scope: str, days: Iterable[date]) -> bool:
    """Whether at most a tenth of these days was not observed."""
    shares = [uncovered(scope, day) for day in days]
    return sum(shares) <= len(shares) / 10


def span(scope: str) -> list[date]:
    """Every day that may be spoken of."""
    first, last = (CHAT_START, CHAT_END) if scope == "chat" else (date(2024, 3, 1), FORUM_END)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
