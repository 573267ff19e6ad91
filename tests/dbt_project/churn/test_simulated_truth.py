"""The simulator knows who left, who fell silent and who came back: so must the marts."""

from datetime import date, datetime, timedelta

import pytest

from sandbox import truth
from sandbox.community import simulate
from tests.dbt_project.churn.support import Built, Life, Model

START, END = datetime(2024, 1, 1), datetime(2025, 3, 3)


@pytest.fixture(scope="module")
def told() -> tuple[list[truth.Act], dict[str, datetime], dict[str, set[date]]]:
    """Acts on the simulated forum, departures by account, and active days."""
    community = simulate(seed=7, members=400, messages=9000, start=START, end=END)
    acts = [act for act in truth.acts(community) if act.place == "forum"]
    left = {
        event.account: event.at
        for event in truth.memberships(community)
        if event.place == "forum" and event.event == "leave"
    }
    days = {account: own for (_, account), own in truth.active_days(acts, "UTC").items()}
    return acts, left, days


@pytest.fixture(scope="module")
def built(models: list[Model], told: tuple[list[truth.Act], dict[str, datetime], dict[str, set[date]]]) -> Built:
    _, left, days = told
    events = [(account, "leave", at) for account, at in left.items() if account in days]
    return Built(models).load(Life(days, END.date(), first=START.date(), events=events)).build()


def test_who_left_is_who_left(
    built: Built, told: tuple[list[truth.Act], dict[str, datetime], dict[str, set[date]]]
) -> None:
    _, left, days = told
    found = built.rows(
        "select member_key, departed_on from marts.member_status where scope = 'forum' and status = 'left'"
    )
    assert dict(found) == {account: at.date() for account, at in left.items() if account in days}
    assert len(found) > 5


def test_who_fell_silent_and_who_came_back(
    built: Built, told: tuple[list[truth.Act], dict[str, datetime], dict[str, set[date]]]
) -> None:
    """The marts count days, the simulator instants: a silence of just W days may be one here and none there."""
    acts, left, _ = told
    window = built.one("select silence_days from intermediate.int_churn_windows where scope = 'forum'")
    ours = {
        (account, since, until)
        for account, since, until, kind in built.rows(
            "select member_key, last_active_date, lead(started_on) over (partition by member_no order by spell_no),"
            " end_kind from intermediate.int_churn_spells join intermediate.int_churn_members using (scope, member_no)"
            " where scope = 'forum'"
        )
        if kind == "silent"
    }
    theirs = {
        (silence.account[1], silence.since.date(), silence.until.date() if silence.until else None)
        for silence in truth.silences(acts, window, END)
        # who left within the window has left, and is not silent
        if not silence.since <= left.get(silence.account[1], datetime.min) <= silence.since + timedelta(window)
    }
    assert len(ours & theirs) > 50
    assert any(until for _, _, until in ours)
    for account, since, until in ours ^ theirs:
        length = ((until or END.date()) - since).days
        edge = left.get(account, datetime.min).date() - since
        assert abs(length - window) <= 1 or abs(edge.days - window) <= 1, (account, since, until)
