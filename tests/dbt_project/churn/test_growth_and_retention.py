"""The growth identity, growth and retention against a recount member by member, Wilson against statsmodels."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tests.dbt_project.churn.support import Built, Life, Model

FIRST = date(2024, 1, 1)
LENGTH = 200
activity = st.dictionaries(
    st.sampled_from([f"m{n}" for n in range(8)]),
    st.sets(st.integers(0, LENGTH + 5), min_size=1, max_size=25),
    min_size=1,
)


def window(kind: str, end: date) -> tuple[date, date]:
    """First day of a period by its last, and the last day of the one before."""
    start = {
        "week": end - timedelta(6),
        "month": end.replace(day=1),
        "rolling28": end - timedelta(27),
    }[kind]
    return start, start - timedelta(1)


def recount(days: dict[str, set[date]], kind: str, end: date) -> tuple[int, ...]:
    """Active, of the period before, new, retained, resurrected and churned, counted one by one."""
    start, before_end = window(kind, end)
    before_start = window(kind, before_end)[0]
    now = {one for one, own in days.items() if any(start <= day <= end for day in own)}
    before = {one for one, own in days.items() if any(before_start <= day <= before_end for day in own)}
    new = {one for one in now if min(days[one]) >= start}
    return len(now), len(before), len(new), len(now & before), len(now - before - new), len(before - now)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(activity=activity, staff=st.sets(st.sampled_from([f"m{n}" for n in range(3)])))
def test_growth_of_any_activity_adds_up(models: list[Model], activity: dict[str, set[int]], staff: set[str]) -> None:
    days = {one: {FIRST + timedelta(n) for n in own} for one, own in activity.items()}
    as_of = FIRST + timedelta(LENGTH)
    built = Built(models).load(Life(days, as_of, first=FIRST, staff=sorted(staff))).build("growth_accounting")
    rows = built.rows(
        "select population, period_kind, period_end, active, previous_active, new, retained, resurrected, churned"
        " from marts.growth_accounting where scope = 'forum'"
    )
    assert {kind for _, kind, *_ in rows} == {"week", "month", "rolling28"}
    members = {one: own for one, own in days.items() if one not in staff}
    seen: dict[str, dict[str, set[date]]] = {
        name: {one: {day for day in own if day <= as_of} for one, own in some.items() if min(own) <= as_of}
        for name, some in (("everyone", days), ("members", members))
    }
    for population, kind, end, active, previous, new, retained, resurrected, churned in rows:
        assert active == previous + new + resurrected - churned
        assert (active, previous, new, retained, resurrected, churned) == recount(seen[population], kind, end)
        assert end < as_of


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(activity=activity)
def test_retention_of_any_activity_is_counted_right(models: list[Model], activity: dict[str, set[int]]) -> None:
    as_of = FIRST + timedelta(LENGTH)
    days = {one: {FIRST + timedelta(n) for n in own if n <= LENGTH} for one, own in activity.items()}
    days = {one: own for one, own in days.items() if own} or {"m0": {FIRST}}
    built = Built(models).load(Life(days, as_of, first=FIRST)).build("cohort_retention")
    rows = built.rows(
        "select cohort_kind, cohort_start, age, cohort_size, active, unbounded_active, lo, hi, is_complete"
        " from marts.cohort_retention where scope = 'forum' and population = 'members'"
    )
    assert rows
    for kind, cohort, age, size, active, unbounded, lo, hi, is_complete in rows:
        start, end = cell(kind, cohort, age)
        if end >= as_of:
            assert (active, unbounded, lo, hi, is_complete) == (None, None, None, None, False)
            continue
        own = [acts for acts in days.values() if cohort <= min(acts) <= cell(kind, cohort, 0)[1]]
        assert size == len(own)
        assert active == sum(any(start <= day <= end for day in acts) for acts in own)
        assert unbounded == sum(max(acts) >= start for acts in own)
        assert (lo, hi) == pytest.approx(proportion_confint(active, size, method="wilson"), rel=1e-12, abs=1e-15)


def cell(kind: str, cohort: date, age: int) -> tuple[date, date]:
    """First and last day of the period `age` after the cohort's."""
    if kind == "week":
        start = cohort + timedelta(7 * age)
        return start, start + timedelta(6)
    months = cohort.year * 12 + cohort.month - 1 + age
    start, after = (date(n // 12, n % 12 + 1, 1) for n in (months, months + 1))
    return start, after - timedelta(1)


def test_leaving_is_told_from_silence_and_from_a_ban(churn: Callable[[Life], Built]) -> None:
    january = [date(2024, 1, 5), date(2024, 1, 20)]
    days = {"left": january, "banned": january, "silent": january, "back": [*january, date(2024, 4, 3)]}
    days["rejoined"] = january
    built = churn(
        Life(
            days,
            date(2024, 5, 15),
            events=[
                ("left", "leave", datetime(2024, 2, 9)),
                ("banned", "ban", datetime(2024, 1, 20, 18)),
                ("rejoined", "leave", datetime(2024, 1, 25)),
                ("rejoined", "join", datetime(2024, 2, 12)),
            ],
        )
    ).build()
    assert built.rows(
        "select churned, left_explicitly, banned from marts.growth_accounting where scope = 'all'"
        " and population = 'members' and period_kind = 'month' and period_end = date '2024-02-29'"
    ) == [(5, 1, 1)]
    assert dict(built.rows("select member_key, status from marts.member_status where scope = 'forum'")) == {
        "left": "left",
        "banned": "banned",
        "silent": "silent",
        "rejoined": "silent",
        "back": "silent",
    }
    assert built.rows("select count(*) from marts.growth_accounting where left_explicitly + banned > churned") == [(0,)]


def test_who_acts_after_leaving_the_same_day_has_not_left(churn: Callable[[Life], Built]) -> None:
    days = {"m": [date(2024, 1, 5), date(2024, 1, 20)]}
    morning = churn(Life(days, date(2024, 5, 15), events=[("m", "leave", datetime(2024, 1, 20, 8))])).build(
        "int_churn_departures"
    )
    # the act at noon is the next one, so the leave follows the act before
    assert morning.rows("select distinct after_date from intermediate.int_churn_departures") == [(date(2024, 1, 5),)]
    straddling = churn(Life(days, date(2024, 5, 15), events=[("m", "leave", datetime(2024, 1, 20, 12, 30))]))
    straddling.connection.execute("update marts.fct_member_days set last_at = last_at + interval 1 hour")
    assert straddling.build("int_churn_departures").rows("from intermediate.int_churn_departures") == []


def test_leaving_one_of_two_sources_is_not_leaving_the_community(churn: Callable[[Life], Built]) -> None:
    built = churn(Life({"m": [date(2024, 1, 5)]}, date(2024, 5, 15), events=[("m", "leave", datetime(2024, 1, 9))]))
    built.connection.execute(
        "insert into marts.dim_accounts values ('m2', 'm', 'chat');"
        "insert into intermediate.int_scopes values ('all', 'chat', timestamp '2024-05-15')"
    )
    built.build("int_churn_departures")
    assert built.rows("select scope, departure from intermediate.int_churn_departures") == [("forum", "left")]


def test_a_closed_account_left_with_its_last_channel(churn: Callable[[Life], Built]) -> None:
    """Chats that tell of channels only: who closed the account is dated by the last channel left."""
    built = churn(Life({"m": [date(2024, 1, 5)], "n": [date(2024, 1, 5)]}, date(2024, 5, 15)))
    built.connection.execute(
        "insert into marts.fct_memberships select 'k' || row_number() over (), 'forum', 'p', member, member, 'channel',"
        " channel, event, happened, null, true from (values ('m', 'c1', 'join', timestamp '2024-01-01'),"
        " ('m', 'c1', 'leave', timestamp '2024-01-11'), ('m', 'c2', 'leave', timestamp '2024-01-12'),"
        " ('n', 'c1', 'leave', timestamp '2024-01-12')) as events(member, channel, event, happened);"
        "update intermediate.int_account_presence set is_gone = true where account_key = 'm'"
    )
    built.build("int_churn_departures", "member_status")
    assert built.rows("select distinct departed_on, departure from intermediate.int_churn_departures") == [
        (date(2024, 1, 12), "left")
    ]
    assert built.rows("select member_key, status from marts.member_status where scope = 'all' order by 1") == [
        ("m", "left"),
        ("n", "silent"),
    ]
