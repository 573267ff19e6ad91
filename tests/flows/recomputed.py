"""Engagement recomputed in pandas from acts read without any of Muster's code, beside what a folder published.

Acts are rows of source, account (native id), at (naive UTC) and kind. Only whose account is whose, and today's roles,
are taken from what was published: they have tests of their own.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.flows.support import ask

Table = dict[tuple[Any, ...], Any]
POPULATIONS = ("everyone", "members")


def attributed(folder: Path, acts: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Acts of people with who acted, their role, and the local day."""
    rows = ask(
        folder,
        "select accounts.source, accounts.account_id, members.member_key, members.role"
        " from marts.dim_accounts as accounts inner join marts.dim_members as members using (member_key)",
    )
    people = pd.DataFrame(rows, columns=["source", "account", "who", "role"])
    known = acts.merge(people, on=["source", "account"], how="left", validate="many_to_one")
    assert known["who"].notna().all(), known[known["who"].isna()].head()
    known["day"] = local(known["at"], timezone)
    return known[known["role"].isin(["member", "staff"])]


def local(instants: "pd.Series[Any]", timezone: str) -> "pd.Series[Any]":
    """The local days of naive UTC instants."""
    return instants.dt.tz_localize("UTC").dt.tz_convert(timezone).dt.date


def of(acts: pd.DataFrame, scope: str, population: str) -> pd.DataFrame:
    """The acts of a scope and population."""
    rows = acts if scope == "all" else acts[acts["source"] == scope]
    return rows[rows["role"] == "member"] if population == "members" else rows


def daily(acts: pd.DataFrame, days: Iterable[date]) -> Table:
    """By day: dau, wau, mau, posts, comments, posters and new posters."""
    active = {day: set(who) for day, who in acts.groupby("day")["who"]}
    firsts = Counter(acts.groupby("who")["day"].min())
    kinds = Counter(zip(acts["day"], acts["kind"], strict=True))
    return {
        (day,): (
            *(len(set().union(*(active.get(d, set()) for d in last(day, n)))) for n in (1, 7, 28)),
            kinds[day, "post"],
            kinds[day, "comment"],
            len(active.get(day, set())),
            firsts[day],
        )
        for day in days
    }


def last(day: date, length: int) -> list[date]:
    """The days of the window that ends with a day."""
    return [day - timedelta(days=back) for back in range(length)]


def by_active_days(acts: pd.DataFrame, sundays: Iterable[date], length: int) -> Table:
    """By Sunday and n: members active on exactly n days of the window."""
    days = acts[["who", "day"]].drop_duplicates()
    tallies = {
        sunday: Counter(days[days["day"].isin(last(sunday, length))].groupby("who").size()) for sunday in sundays
    }
    return {(sunday, n): (tally[n],) for sunday, tally in tallies.items() for n in range(1, length + 1)}


def monthly(acts: pd.DataFrame) -> Table:
    """By month: posters, messages, Gini by mean absolute difference, top shares, absence factor."""
    found: Table = {}
    for month, rows in acts.groupby(pd.to_datetime(acts["day"]).dt.to_period("M")):
        wrote = np.sort(rows.groupby("who").size().to_numpy())[::-1]
        gini = np.abs(wrote[:, None] - wrote[None, :]).mean() / (2 * wrote.mean())
        tops = [wrote[: ceil(len(wrote) * share)].sum() / wrote.sum() for share in (0.01, 0.10)]
        half = next(n for n, sum_ in enumerate(accumulate(wrote), start=1) if sum_ * 2 >= wrote.sum())
        found[(month.start_time.date(),)] = (len(wrote), wrote.sum(), gini, *tops, half)
    return found


def compare(folder: Path, query: str, keys: int, expected: Table) -> int:
    """How many published rows are known, each of which equals what is expected; unknown is NULL as a whole number."""
    known = 0
    for row in ask(folder, query):
        key, values = row[:keys], row[keys:]
        wanted = expected.get(key, (0,) * len(values))
        pairs = [(value, want) for value, want in zip(values, wanted, strict=True) if value is not None]
        assert all(np.isclose(value, want, rtol=1e-9, atol=0) for value, want in pairs), (query, key, values, wanted)
        known += len(pairs) == len(values)
    return known


def prove(folder: Path, acts: pd.DataFrame, scope: str, timezone: str) -> dict[str, float]:
    """Every published day, week and month of a scope against its recomputation: which share of the rows is known."""
    people = attributed(folder, acts, timezone)
    shares = {}
    for population in POPULATIONS:
        where = f"scope = '{scope}' and population = '{population}'"
        rows = of(people, scope, population)
        days = [row[0] for row in ask(folder, f"select local_date from marts.engagement_daily where {where}")]
        sundays = [day for day in days if day.weekday() == 6]
        questions = {
            "engagement_daily": (
                "local_date, dau, wau, mau, posts, comments, posters, new_posters",
                "",
                1,
                daily(rows, days),
            ),
            "active_days 7": ("week_end, n, members", " and window_days = 7", 2, by_active_days(rows, sundays, 7)),
            "active_days 28": ("week_end, n, members", " and window_days = 28", 2, by_active_days(rows, sundays, 28)),
            "participation": (
                "month, posters, messages, gini, top_1pct_share, top_10pct_share, absence_factor",
                " and messages > 0",
                1,
                monthly(rows),
            ),
        }
        for name, (columns, more, keys, expected) in questions.items():
            mart = f"marts.{name.split()[0]} where {where}{more}"
            total = ask(folder, f"select count(*) from {mart}")[0][0]
            known = compare(folder, f"select {columns} from {mart}", keys, expected)
            shares[f"{population} {name}"] = known / max(total, 1)
    return shares


def replies(folder: Path, scope: str) -> Counter[tuple[str, str]]:
    """The published graph of explicit replies between two accounts of a source: weight by (from, to)."""
    rows = ask(
        folder,
        "select givers.account_id, receivers.account_id, count(*) from marts.fct_interactions as acts"
        " inner join marts.dim_accounts as givers on acts.from_account_key = givers.account_key"
        " inner join marts.dim_accounts as receivers on acts.to_account_key = receivers.account_key"
        f" where acts.kind = 'reply' and acts.source = '{scope}' and givers.account_key <> receivers.account_key"
        " group by all",
    )
    return Counter({(giver, receiver): weight for giver, receiver, weight in rows})
