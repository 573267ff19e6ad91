"""Kaplan-Meier, Greenwood, log-log intervals, log-rank against lifelines and statsmodels, to 1e-12 relative."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from statsmodels.duration.survfunc import survdiff

from tests.dbt_project.churn.support import Built, Life, Model

FIRST = date(2022, 1, 3)


def lives(seed: int, people: int, length: int = 900) -> dict[str, list[date]]:
    """Members who come at any time, act at their own pace and stop; some come back."""
    chance = random.Random(seed)
    made: dict[str, list[date]] = {}
    for number in range(people):
        start, pace = chance.randrange(length - 60), chance.choice([0.05, 0.2, 0.6])
        offsets = [0]
        for _ in range(chance.choice([1, 1, 2])):
            begin = offsets[-1] + chance.randrange(1, 200)
            offsets += [begin + n for n in range(int(chance.expovariate(1 / 70)) + 1) if chance.random() < pace]
        made[f"m{number:04d}"] = [FIRST + timedelta(start + one) for one in offsets if start + one < length]
    return made


def community(seed: int, people: int = 400) -> Life:
    """The same with first messages of which half are answered, leaves, bans and a week without observation."""
    days = lives(seed, people)
    chance = random.Random(seed + 1)
    firsts = [(one, datetime.combine(min(own), datetime.min.time()) + timedelta(hours=12)) for one, own in days.items()]
    midnight = datetime.min.time()
    ends = {one: datetime.combine(max(own), midnight) for one, own in days.items()}
    leavers, banned = list(days)[5:40], list(days)[50:60]
    return Life(
        days,
        as_of=FIRST + timedelta(900),
        staff=["m0000"],
        silent_days=[FIRST + timedelta(400 + n) for n in range(7)],
        messages=firsts,
        asking=list(days)[::3],
        replies=[("m0000", one, at + timedelta(hours=chance.choice([2, 40]))) for one, at in firsts if one != "m0000"],
        events=[(one, "leave", ends[one] + timedelta(days=3)) for one in leavers]
        + [(one, "ban", ends[one] + timedelta(hours=20)) for one in banned],
    )


def close(ours: float | None, theirs: float) -> bool:
    return ours is not None and (ours == theirs or abs(ours - theirs) <= 1e-12 * abs(theirs))


def agree(built: Built, scope: str, population: str, stratum: str) -> int:
    """Compare one curve on every one of its days; the number of lives."""
    roles = ("member",) if population == "members" else ("member", "staff")
    found = built.rows(
        "select duration_days, churned, lives from intermediate.int_churn_lives"
        " where scope = ? and stratum = ? and list_contains(?, role) order by all",
        (scope, stratum, list(roles)),
    )
    durations = np.concatenate([[day] * count for day, _, count in found])
    ended = np.concatenate([[1] * churned + [0] * (count - churned) for _, churned, count in found])
    fitter = KaplanMeierFitter().fit(durations, ended)
    table, bounds = fitter.event_table, fitter.confidence_interval_
    for day, at_risk, churned, survival, error, lo, hi in built.rows(
        "select day, at_risk, churned, survival, std_error, lo, hi from marts.survival_curve"
        " where scope = ? and population = ? and stratum = ? order by day",
        (scope, population, stratum),
    ):
        assert (at_risk, churned) == (table.at_risk[day], table.observed[day])
        theirs = float(fitter.survival_function_.KM_estimate[day])
        assert close(survival, theirs), day
        if theirs == 0:
            assert (error, lo, hi) == (None, None, None)
            continue
        # lifelines keeps Greenwood's sum under this name
        assert close(error, theirs * float(np.sqrt(fitter._cumulative_sq_[day]))), day
        assert close(lo, float(bounds.iloc[:, 0][day])), day
        assert close(hi, float(bounds.iloc[:, 1][day])), day
    return len(durations)


@pytest.fixture(scope="module")
def built(models: list[Model]) -> Built:
    return Built(models).load(community(3)).build("survival_curve", "survival_comparison")


@pytest.mark.parametrize("population", ["members", "everyone"])
@pytest.mark.parametrize("stratum", ["all", "joined_2022_q2", "answered_24h", "unanswered_24h"])
def test_curve_equals_lifelines(built: Built, population: str, stratum: str) -> None:
    assert agree(built, "all", population, stratum) >= 10


def test_log_rank_among_those_who_began_alike_equals_statsmodels(built: Built) -> None:
    rows = built.rows(
        "select duration_days, churned, lives, stratum, began_with from intermediate.int_churn_lives"
        " where scope = 'all' and role = 'member' and stratum in ('answered_24h', 'unanswered_24h') order by all"
    )
    people = [
        (day, int(number < churned), stratum, began)
        for day, churned, lives, stratum, began in rows
        for number in range(lives)
    ]
    days, ended, strata, began = (np.array(column) for column in zip(*people, strict=True))
    assert set(began) == {"question", "post"}
    statistic, p_value = survdiff(days, ended, strata, strata=began)
    ((chi_square, p, crude),) = built.rows(
        "select alike_chi_square, alike_p_value, chi_square from marts.survival_comparison"
        " where scope = 'all' and population = 'members'"
    )
    assert chi_square == pytest.approx(statistic, rel=1e-12)
    assert p == pytest.approx(p_value, rel=1e-9)
    assert not close(chi_square, crude)


def test_who_asks_and_goes_does_not_make_answers_look_harmful(churn: Callable[[Life], Built]) -> None:
    """Askers are answered and stay short, others are not and stay long: an answer itself changes nothing here."""
    chance = random.Random(9)
    days, asking, answered = {}, [], []
    for number in range(600):
        name, asks = f"m{number:04d}", number % 2 == 0
        start = chance.randrange(300)
        last = 3 + int(chance.expovariate(1 / (15 if asks else 90)))
        steps = sorted({0, last, *(n for n in range(last) if chance.random() < 0.3)})
        days[name] = [FIRST + timedelta(start + step) for step in steps]
        asking += [name] if asks else []
        answered += [name] if chance.random() < (0.8 if asks else 0.15) else []
    firsts = {one: datetime.combine(own[0], datetime.min.time()) + timedelta(hours=12) for one, own in days.items()}
    built = churn(
        Life(
            days,
            FIRST + timedelta(700),
            messages=list(firsts.items()),
            asking=asking,
            replies=[("m0001", one, firsts[one] + timedelta(hours=1)) for one in answered if one != "m0001"],
        )
    ).build("survival_comparison")
    ((p_value, is_longer, alike),) = built.rows(
        "select p_value, churned < expected, alike_p_value from marts.survival_comparison"
        " where scope = 'all' and population = 'members'"
    )
    assert p_value < 1e-6
    assert not is_longer
    assert alike > 0.05


def test_log_rank_equals_lifelines(built: Built) -> None:
    strata = {
        stratum: built.rows(
            "select duration_days, churned, lives from intermediate.int_churn_lives"
            " where scope = 'all' and role = 'member' and stratum = ? order by all",
            (stratum,),
        )
        for stratum in ("answered_24h", "unanswered_24h")
    }
    spread = [
        (
            np.concatenate([[day] * count for day, _, count in rows]),
            np.concatenate([[1] * churned + [0] * (count - churned) for _, churned, count in rows]),
        )
        for rows in strata.values()
    ]
    theirs = logrank_test(spread[0][0], spread[1][0], spread[0][1], spread[1][1])
    ((chi_square, p_value),) = built.rows(
        "select chi_square, p_value from marts.survival_comparison where scope = 'all' and population = 'members'"
    )
    assert close(chi_square, float(theirs.test_statistic))
    assert p_value == pytest.approx(theirs.p_value, rel=1e-12)


@pytest.mark.parametrize("statistic", [0.0, 1e-9, 0.3, 3.84, 7.999, 8.0, 15.1, 60.0, 400.0])
def test_tail_of_the_chi_square(models: list[Model], statistic: float) -> None:
    from scipy.stats import chi2

    (comparison,) = [model for model in models if model.name == "survival_comparison"]
    expression = (
        comparison.sql[comparison.sql.rindex("chi_square,\n") :].split("cast(", 1)[1].rsplit(" as double)", 1)[0]
    )
    ((ours,),) = Built([]).rows(
        f"select {expression} from (select cast(? as double) as alike_chi_square)", (statistic,)
    )
    assert ours == pytest.approx(float(chi2.sf(statistic, 1)), rel=1e-12)


def test_right_method_on_known_truth(churn: Callable[[Life], Built]) -> None:
    """Who stops for good and who only pauses: with the cut the estimate meets the truth, without it it would not."""
    chance = random.Random(5)
    truth, days = [], {}
    for number in range(3000):
        start, life = chance.randrange(700), int(chance.expovariate(1 / 150))
        truth.append(life)
        # acts at most 20 days apart, so that a silence of 28 is no pause
        steps, at = [0], 0
        while at < life:
            at = min(at + chance.randrange(1, 20), life)
            steps.append(at)
        days[f"m{number:04d}"] = [FIRST + timedelta(start + one) for one in steps if start + one < 700]
    built = churn(Life(days, as_of=FIRST + timedelta(700))).build("survival_curve")
    (estimate,) = built.rows(
        "select survival from marts.survival_curve where scope = 'all' and population = 'members' and stratum = 'all'"
        " and day <= 180 order by day desc limit 1"
    )[0]
    assert estimate == pytest.approx(sum(life > 180 for life in truth) / len(truth), abs=0.03)
