"""The backtest: leak-free by construction, AUC and Brier as elsewhere, an alarm when the future leaks in."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.dbt_project.churn.support import Built, Life, Model
from tests.dbt_project.churn.test_survival_equals_lifelines import FIRST, close

AS_OF = FIRST + timedelta(600)


def community(seed: int, people: int = 350, steady: bool = False) -> dict[str, list[date]]:
    """Members whose pace tells how long they stay; `steady`: nothing but the last act tells."""
    chance = random.Random(seed)
    made = {}
    for number in range(people):
        start = chance.randrange(570)
        pace = 0.3 if steady else chance.choice([0.04, 0.3, 0.8])
        life = int(chance.expovariate(1 / (120 if steady else 300 * pace + 20)))
        made[f"m{number:04d}"] = [FIRST + timedelta(start)] + [
            FIRST + timedelta(start + n) for n in range(1, life) if chance.random() < pace and start + n < 600
        ]
    return made


def roc(scored: list[tuple[float, bool]]) -> float:
    """Area under the curve by comparing every pair."""
    lost, kept = ([score for score, gone in scored if gone is which] for which in (True, False))
    return sum((a > b) + (a == b) / 2 for a in lost for b in kept) / (len(lost) * len(kept))


@pytest.fixture(scope="module")
def built(models: list[Model]) -> Built:
    return Built(models).load(Life(community(4), AS_OF)).build()


def test_recency_baseline_equals_a_recount_by_pairs(built: Built) -> None:
    days = community(4)
    rows = built.rows(
        "select origin, n, churned, auc from ops.risk_backtest"
        " where scope = 'all' and model = 'recency' and auc is not null"
    )
    assert len(rows) >= 6
    for origin, n, churned, auc in rows:
        scored = []
        for own in days.values():
            before = [day for day in own if day < origin]
            if before and (origin - before[-1]).days <= 28:
                scored.append(
                    ((origin - before[-1]).days, not any(origin <= day < origin + timedelta(28) for day in own))
                )
        assert (n, churned) == (len(scored), sum(gone for _, gone in scored))
        assert close(auc, roc(scored))


def test_table_and_brier_equal_a_recount(built: Built) -> None:
    rows = built.rows(
        "select origin, p_churn, cases, churned from intermediate.int_risk_scores"
        " where scope = 'all' and model = 'hazard_table' and origin ="
        " (select max(origin) from ops.risk_backtest) order by all"
    )
    scored = [(p, n < churned) for _, p, cases, churned in rows for n in range(cases)]
    ((auc, brier),) = built.rows(
        "select auc, brier from ops.risk_backtest where scope = 'all' and model = 'hazard_table'"
        " order by origin desc limit 1"
    )
    assert close(auc, roc(scored))
    assert close(brier, sum((gone - p) ** 2 for p, gone in scored) / len(scored))


def test_training_labels_are_over_before_the_origin(built: Built) -> None:
    """What an origin has learnt does not change by anything that happens from it on."""
    origin = built.one("select max(origin) from ops.risk_backtest")
    cut = {one: known for one, own in community(4).items() if (known := [day for day in own if day < origin])}
    early = Built(built.models).load(Life(cut, origin)).build()
    query = "select * from intermediate.int_risk_rates where origin = ? order by all"
    assert len(built.rows(query, (origin,))) == 40
    for mine, theirs in zip(built.rows(query, (origin,)), early.rows(query, (origin,)), strict=True):
        assert all(x == y or close(x, y) for x, y in zip(mine, theirs, strict=True))


def test_deciles_add_up_to_the_cases(built: Built) -> None:
    assert built.one(
        "select bool_and(cases = n and lost = backtest.churned) from (select scope, origin, model, sum(cases) as cases,"
        " sum(churned) as lost from ops.risk_calibration group by all)"
        " join ops.risk_backtest as backtest using (scope, origin, model)"
    )


def test_score_is_shown_where_recency_is_beaten(built: Built) -> None:
    assert built.one("select verdict from ops.risk_verdict where scope = 'all'") == "shown"
    rows = built.rows(
        "select p_churn, lo, hi, n_like_them, days_silent, reasons from desk.member_risk order by p_churn desc"
    )
    assert len(rows) > 10
    assert all(0 <= lo <= p <= hi <= 1 and 0 < silent <= 28 for p, lo, hi, _, silent, _ in rows)
    assert "silent_over_two_weeks" in {reason for row in rows for reason in row[5]}


def test_no_score_where_recency_is_not_beaten(models: list[Model]) -> None:
    """A member's pace tells nothing here: only how long the silence has lasted does."""
    verdicts = defaultdict(int)
    for seed in range(3):
        built = Built(models).load(Life(community(seed, 150, steady=True), AS_OF)).build()
        ((auc, recency, verdict),) = built.rows(
            "select auc, recency_auc, verdict from ops.risk_verdict where scope = 'all'"
        )
        verdicts[verdict] += 1
        assert (verdict == "shown") == (auc > recency)
        assert (verdict == "shown") == (built.one("select count(*) from desk.member_risk") > 0)
    assert verdicts["recency_not_beaten"] > 0


def test_too_few_origins_show_nothing(churn: Callable[[Life], Built]) -> None:
    young = {one: own for one, own in community(4).items() if own[0] < FIRST + timedelta(90)}
    built = churn(
        Life(
            {one: [d for d in own if d < FIRST + timedelta(100)] for one, own in young.items()}, FIRST + timedelta(100)
        )
    ).build()
    assert built.one("select verdict from ops.risk_verdict where scope = 'all'") == "too_few_origins"
    assert built.one("select count(*) from desk.member_risk") == 0


def test_features_from_the_future_raise_the_alarm(models: list[Model]) -> None:
    """Count active days to the end of the label's window instead of to the origin: too good to be true."""
    leaking = [
        Model(
            model.name,
            model.relation,
            model.sql.replace(
                "reached.active_days_28", "case when reached.next_date < origins.origin + 28 then 8 else 1 end"
            ),
            model.needs,
        )
        if model.name == "int_risk_cases"
        else model
        for model in models
    ]
    built = Built(leaking).load(Life(community(4, 1500), AS_OF)).build()
    assert (
        built.one(
            "select count(*) from ops.risk_backtest where model = 'hazard_table' and auc > 0.95 and is_leak_suspected"
        )
        > 6
    )
    assert built.one("select verdict from ops.risk_verdict where scope = 'all'") == "leak_suspected"
    assert built.one("select count(*) from desk.member_risk") == 0
