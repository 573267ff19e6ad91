"""The silence threshold against lifelines; outages, as-of, the right edge, states and what is provisional."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from tests.dbt_project.churn.support import Built, Life, Model
from tests.dbt_project.churn.test_survival_equals_lifelines import FIRST, close, community
from tests.flows.lives import Clock, Member, lives, status


def test_threshold_is_the_smallest_silence_after_which_few_return(churn: Callable[[Life], Built]) -> None:
    chance = random.Random(11)
    days = {}
    for number in range(300):
        at, days[f"m{number:04d}"] = chance.randrange(400), []
        while at < 500 and chance.random() > 0.06:
            days[f"m{number:04d}"].append(FIRST + timedelta(at))
            at += 1 + int(chance.expovariate(1 / chance.choice([2, 12])))
    days = {one: own for one, own in days.items() if own}
    built = churn(Life(days, FIRST + timedelta(500))).build("silence_threshold")
    found = built.rows(
        "select computed_on, window_days, return_rate, at_risk, return_rate_28 from marts.silence_threshold"
        " where scope = 'all' order by computed_on"
    )
    assert [row[0] for row in found] == [
        date(2022, 4, 1),
        date(2022, 7, 1),
        date(2022, 10, 1),
        date(2023, 1, 1),
        date(2023, 4, 1),
    ]
    assert any(row[1] for row in found)
    for computed_on, window, rate, at_risk, rate_28 in found:
        lengths, ended = [], []
        for own in days.values():
            known = [day for day in own if day < computed_on]
            lengths += [(b - a).days for a, b in pairwise(known)]
            ended += [1] * (len(known) - 1)
            if known:
                # heard to the end of the day before the quarter begins
                lengths.append((computed_on - known[-1]).days - 1)
                ended.append(0)
        lasting = KaplanMeierFitter().fit(np.array(lengths), np.array(ended)).predict(np.arange(456)).to_numpy()
        chance = {
            w: 1 - lasting[w + 90] / lasting[w] for w in range(7, 366) if sum(one >= w + 90 for one in lengths) >= 30
        }
        fits = [w for w, p in chance.items() if p <= 0.1]
        assert window == min(fits, default=None)
        if window:
            assert close(rate, float(chance[window]))
            assert at_risk == sum(one >= window + 90 for one in lengths)
        assert rate_28 is None if 28 not in chance else close(rate_28, float(chance[28]))


def test_an_outage_censors_and_is_not_churn(churn: Callable[[Life], Built]) -> None:
    """Everyone writes every third day; then nothing is heard for 80 days; then three days of the as-of's week."""
    before = {f"m{n}": [FIRST + timedelta(3 * k + n % 3) for k in range(40)] for n in range(30)}
    outage = [FIRST + timedelta(121 + n) for n in range(80)]
    as_of = FIRST + timedelta(204)
    heard = churn(Life(before, as_of)).build()
    unheard = churn(Life(before, as_of, silent_days=outage)).build()
    churned = "select count(*) from intermediate.int_churn_spells where end_kind = 'silent'"
    assert heard.one(churned) == 60
    assert unheard.one(churned) == 0
    assert unheard.one("select count(*) from marts.survival_curve where churned > 0") == 0
    assert unheard.one("select count(*) from marts.member_status where status = 'silent'") == 0
    # an unheard week has no numbers, and neither has a change from or to it
    assert (
        unheard.one(
            "select count(*) from marts.growth_accounting where churned is not null"
            " and (period_end between date '2022-05-07' and date '2022-07-22'"
            " or period_start between date '2022-05-07' and date '2022-07-22')"
        )
        == 0
    )
    assert unheard.one("select max(churned) from marts.growth_accounting where period_kind = 'week'") == 0
    assert (
        unheard.one(
            "select count(*) from ops.risk_backtest where origin between date '2022-04-20' and date '2022-08-01'"
        )
        == 0
    )


def test_who_writes_on_across_an_outage_lives_one_spell(churn: Callable[[Life], Built]) -> None:
    outage = [FIRST + timedelta(40 + n) for n in range(50)]
    acts = [FIRST + timedelta(n) for n in [*range(0, 39, 3), *range(92, 200, 3)]]
    built = churn(Life({"m": acts}, FIRST + timedelta(250), silent_days=outage)).build("int_churn_spells")
    assert built.rows(
        "select spell_no, started_on, end_kind, duration_days from intermediate.int_churn_spells where scope = 'all'"
    ) == [(1, acts[0], "silent", (acts[-1] - acts[0]).days)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.dictionaries(
        st.sampled_from([f"m{n}" for n in range(6)]), st.sets(st.integers(0, 250), min_size=1, max_size=12), min_size=1
    ),
    leaves=st.dictionaries(st.sampled_from([f"m{n}" for n in range(3)]), st.integers(0, 60)),
    unheard=st.sets(st.integers(1, 249), max_size=60),
)
def test_spells_of_any_lives_are_those_of_a_recount(
    models: list[Model], acts: dict[str, set[int]], leaves: dict[str, int], unheard: set[int]
) -> None:
    """Lengths and ends with leaves, returns and outages; so few that four weeks are the silence in use."""
    as_of = FIRST + timedelta(250)
    days = {one: tuple(FIRST + timedelta(n) for n in sorted(own - unheard or {0})) for one, own in acts.items()}
    left = {one: days[one][-1] + timedelta(n) for one, n in leaves.items() if one in days and max(acts[one]) + n < 250}
    evening = datetime.min.time().replace(hour=20)
    life = Life(
        days,
        as_of,
        first=FIRST,
        silent_days=[FIRST + timedelta(n) for n in unheard],
        events=[(one, "leave", datetime.combine(at, evening)) for one, at in left.items()],
    )
    built = Built(models).load(life).build("int_churn_spells", "member_status", "survival_curve")
    clock = Clock(as_of, {FIRST + timedelta(n): 1.0 for n in unheard})
    members = {one: Member(own, left.get(one)) for one, own in days.items()}
    assert clock.cut(28) == built.one("select max(cut_date) from intermediate.int_churn_windows")
    assert sorted(
        built.rows(
            "select duration_days, is_churned from intermediate.int_churn_spells"
            " where scope = 'all' and duration_days is not null"
        )
    ) == sorted(life for one in members.values() for life in lives(one, clock, 28))
    found = dict(built.rows("select member_key, status from marts.member_status where scope = 'all'"))
    assert found == {one: status(member, clock, 28) for one, member in members.items()}
    assert built.one(
        "select coalesce(bool_and(survival <= before and lo <= survival and survival <= hi), true) from (select *,"
        " lag(survival, 1, 1.0) over (partition by scope, population, stratum order by day) as before"
        " from marts.survival_curve) where survival > 0"
    )


TABLES = [
    *("marts.silence_threshold", "marts.growth_accounting", "marts.cohort_retention", "marts.survival_curve"),
    *(
        "marts.survival_comparison",
        "marts.member_states",
        "marts.member_status",
        "ops.risk_backtest",
        "desk.member_risk",
    ),
]


def test_marts_at_t_are_those_of_what_was_known_at_t(churn: Callable[[Life], Built]) -> None:
    """Built on all that is known today but with the as-of set back to T, and on what was known at T: the same rows."""
    later = community(21, 150)
    t = FIRST + timedelta(620)
    noon = datetime(t.year, t.month, t.day, 12)
    known = Life(
        days={one: cut for one, own in later.days.items() if (cut := [day for day in own if day <= t])},
        as_of=t,
        first=min(day for own in later.days.values() for day in own),
        staff=later.staff,
        silent_days=later.silent_days,
        events=[event for event in later.events if event[2] <= noon],
        messages=[message for message in later.messages if message[1] <= noon],
        asking=later.asking,
        replies=[reply for reply in later.replies if reply[2] <= noon],
    )
    stored = churn(known).build()
    rebuilt = churn(later)
    for table, column in (
        ("fct_memberships", "occurred_at"),
        ("fct_messages", "created_at"),
        ("fct_interactions", "occurred_at"),
    ):
        rebuilt.connection.execute(f"delete from marts.{table} where {column} > ?", (noon,))
    rebuilt.connection.execute(
        f"delete from intermediate.int_scope_days where local_date > date '{t}';"
        f"update intermediate.int_scope_days set uncovered_seconds = 43200 where local_date = date '{t}';"
        f"update intermediate.int_scopes set scope_as_of = timestamp '{noon}';"
        "create or replace table intermediate.int_account_presence as"
        " select account_key, source, first_seen_at, joined_at,"
        " coalesce(event in ('leave', 'ban'), false) as is_gone, coalesce(event = 'ban', false) as is_banned"
        " from intermediate.int_account_presence left join marts.fct_memberships using (account_key, source)"
    )
    rebuilt.build()
    born = "member_key in (select member_key from intermediate.int_churn_members)"
    for table in TABLES:
        where = f" where {born}" if table.startswith("marts.member") else ""
        mine, theirs = (sorted(one.rows(f"select * from {table}{where}"), key=repr) for one in (rebuilt, stored))
        assert len(mine) == len(theirs)
        for a, b in zip(mine, theirs, strict=True):
            assert all(x == y or close(x, y) for x, y in zip(a, b, strict=True)), (table, a, b)
    assert stored.one("select count(*) from ops.risk_backtest") > 12


def test_past_thresholds_and_origins_do_not_move(churn: Callable[[Life], Built]) -> None:
    later = community(21, 150)
    early = churn(Life(later.days, FIRST + timedelta(500), staff=later.staff)).build()
    late = churn(Life(later.days, FIRST + timedelta(540), staff=later.staff)).build()
    for table in ("marts.silence_threshold", "intermediate.int_risk_cases"):
        before, after = (
            set(one.rows(f"select * exclude ({extra}) from {table}"))
            for one, extra in ((early, "scope"), (late, "scope"))
        )
        assert before
        assert {tuple(round(x, 12) if isinstance(x, float) else x for x in row) for row in before} <= {
            tuple(round(x, 12) if isinstance(x, float) else x for x in row) for row in after
        }


def test_states_of_recent_weeks(churn: Callable[[Life], Built]) -> None:
    sunday = date(2024, 6, 30)

    def ago(*days: int) -> list[date]:
        return [sunday - timedelta(n) for n in days]

    built = churn(
        Life(
            {
                "vital": ago(*range(0, 16, 2), *range(28, 44, 2)),
                "halved": ago(1, 2, *range(28, 33)),
                "level": ago(1, 2, 3, 28, 29, 30),
                "back": ago(3, 90),
                "new": ago(0, 27),
                "some": ago(5, 40, 45),
                "paused": ago(28, 30, 31, 33, 60, 62),
                "gone": ago(100, 130, 132, 133, 134),
            },
            sunday + timedelta(3),
            joined={"fresh": date(2024, 6, 20), "watcher": date(2024, 3, 1), "gone": date(2024, 1, 1)},
        )
    ).build("member_states")
    query = "select member_key, state, from_state from marts.member_states where scope = 'all' and week_end = ?"
    assert {key: (state, before) for key, state, before in built.rows(query, (sunday,))} == {
        "vital": ("vital", None),
        "halved": ("about_to_disengage", None),
        "level": ("consistent", None),
        "back": ("returned", None),
        "new": ("newly_active", None),
        "some": ("occasional", None),
        "paused": ("paused", "consistent"),
        "gone": ("disengaged", "about_to_disengage"),
        "fresh": ("joined", None),
        "watcher": ("observer", None),
    }


def test_last_days_are_provisional(churn: Callable[[Life], Built]) -> None:
    chance = random.Random(2)
    days = {
        f"m{n}": [FIRST + timedelta(k) for k in range(n, n + 60) if chance.random() < 0.5] or [FIRST] for n in range(40)
    }
    built = churn(Life(days, FIRST + timedelta(200))).build("growth_accounting")
    ((cut, silence),) = built.rows(
        "select cut_date, silence_days from intermediate.int_churn_windows where scope = 'all'"
    )
    assert cut == FIRST + timedelta(200 - silence)
    assert built.one(
        "select bool_and(is_provisional = (period_end > cut_date))"
        " from marts.growth_accounting join intermediate.int_churn_windows using (scope)"
    )
