"""Staying and carrying in words: reasons, the score's own record, silence, and the two questions about key people."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from reports.build import Report
from reports.language import LANGUAGES, Language
from reports.lists import reason_words
from reports.verify import verify
from tests.reports.conftest import World, write_snapshot

ROOT = Path(__file__).parents[2]
BuildAt = Callable[..., Report]
RISK = """
create table desk.desk.member_risk as
select * from (values
    ('n0001', 0.7e0, 20, 3.0e0, 412, 69, ['silent_longer_than_usual', 'silent_over_two_weeks', 'few_active_days']),
    ('n0002', 0.6e0, 18, null, 90, 40, ['silent_over_two_weeks', 'one_active_day', 'newcomer'])
) as t(member_key, p_churn, days_silent, usual_gap_days, n_like_them, returned_like_them, reasons)
"""
MARTS = """
create table ops.risk_verdict as
select 'all' as scope, '{verdict}' as verdict, 12 as origins, 11 as origins_won, 0.757e0 as auc, 0.730e0 as recency_auc;
create table marts.silence_threshold as
select 'all' as scope, date '2026-04-01' as computed_on, {is_default} as is_default, {silence} as silence_days,
    0.0995e0 as return_rate, 0.489e0 as return_rate_28;
create table marts.survival_curve as
select 'all' as scope, 'members' as population, stratum, day, 900 - day as at_risk, exp(-day / 200.0e0) as survival,
    exp(-day / 200.0e0) - 0.02e0 as lo, exp(-day / 200.0e0) + 0.02e0 as hi
from range(0, 400) as days(day), (values ('all'), ('answered_24h'), ('unanswered_24h')) as strata(stratum);
create table marts.survival_comparison as
select 'all' as scope, 'members' as population, 'answered_24h' as stratum, 474 as lives, 913 as compared_lives,
    402 as churned, 340.7e0 as expected, 0.00006e0 as p_value, {alike_expected} as alike_expected,
    {alike} as alike_p_value;
create table marts.key_people as
select 'all' as scope, 'members' as population, k, 'n000' || (k % 6) as ask_member_key, 30 - k as gained_members,
    30 * k - k * (k + 1) // 2 as covered_members, 400 as audience_members, 0.02e0 * k as touched_share,
    5000 as interactions_count, 0.01e0 * k as only_theirs_share, 700 as answered_threads_count
from range(1, 21) as ks(k);
create table marts.member_reach as
select 'all' as scope, 'members' as population, '28d' as "window", 'n000' || n as member_key, 5 + n as reach,
    case when n < 3 then 10 else 50 end as best_band
from range(6) as ns(n);
create table ops.reach_backtest as
select 'all' as scope, date '2026-05-01' as origin, ranking, ranking = 'messages' as is_baseline,
    ranking = 'reach_out' as is_winner, correlation as mean_rank_correlation, 6 as origins_count
from (values ('reach_out', 0.492e0), ('reach', 0.422e0), ('messages', 0.456e0)) as found(ranking, correlation);
"""


Told = Callable[..., tuple[Report, Path]]
QUIET = """
create table marts.member_status as
select 'all' as scope, 'n0001' as member_key, 'member' as role, 'active' as status, 20 as days_silent;
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, build_at: BuildAt) -> Told:
    """A report of a small snapshot with churn and reach marts of the given kind; each kind is built once."""

    @cache
    def tell(
        verdict: str = "shown",
        locale: str = "en",
        is_default: bool = False,
        alike: float = 0.7,
        alike_expected: float = 410.0,
    ) -> tuple[Report, Path]:
        folder = tmp_path_factory.mktemp("staying") / "20260629T000000Z-cccc"
        snapshot = write_snapshot(folder, World(members=60))
        silence = 28 if is_default else 135
        with duckdb.connect(str(snapshot / "community.duckdb")) as community:
            community.execute(
                MARTS.format(
                    verdict=verdict, is_default=is_default, silence=silence, alike=alike, alike_expected=alike_expected
                )
                + QUIET
            )
        with duckdb.connect(str(snapshot / "desk.duckdb")) as desk:
            desk.execute(RISK)
            if verdict != "shown":
                desk.execute("delete from desk.desk.member_risk")
        return build_at(snapshot, locale=locale), snapshot

    return tell


def words(report: Report) -> tuple[str, str]:
    """The summary's text, and the page's visible words in one line."""
    page = re.sub(r"<[^>]+>", "", report.dashboard.read_text(encoding="utf-8"))
    return report.summary_txt.read_text(encoding="utf-8"), re.sub(r"\s+", " ", page)


def test_every_reason_of_the_mart_has_words() -> None:
    macro = (ROOT / "dbt_project/macros/churn_lists.sql").read_text(encoding="utf-8")
    keys = set(re.findall(r"then '(\w+)'", macro))
    assert len(keys) == 6
    for code in LANGUAGES:
        said = reason_words(Language(code, ZoneInfo("UTC")))
        assert set(said) == keys
        assert len(set(said.values())) == len(keys)


@pytest.mark.parametrize(
    ("locale", "reasons", "record"),
    [
        (
            "en",
            "(far longer than usual for them, silent for weeks, active on few days in the month before)",
            "11 of 12 past checks (AUC 0.76 against 0.73)",
        ),
        (
            "fr",
            "(bien plus longtemps que d’habitude, silence de plusieurs semaines, peu de jours d’activité",
            "dans 11 contrôles passés sur 12 (AUC 0,76 contre 0,73)",
        ),
        (
            "ru",
            "(намного дольше обычного, молчание длится недели, мало активных дней",
            "в 11 из 12 прошлых проверок (AUC 0,76 против 0,73)",
        ),
    ],
)
def test_risk_is_told_with_reasons_and_its_own_record(told: Told, locale: str, reasons: str, record: str) -> None:
    for text in words((told(locale=locale) if locale != "en" else told())[0]):
        assert reasons in text
        assert record in text


def test_every_number_of_it_is_proven(told: Told) -> None:
    report, snapshot = told()
    assert verify(report.folder, snapshot) == []


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("recency_not_beaten", "in 12 past checks it told no more than silence alone (AUC 0.76 against 0.73)"),
        ("too_few_origins", "in this community it has not proved better than silence alone."),
    ],
)
def test_no_score_where_it_has_not_proved_itself(told: Told, verdict: str, said: str) -> None:
    """Someone of the regulars has gone quiet: the list is there, ordered by silence alone."""
    for text in words(told(verdict, **VARIANTS[verdict])[0]):
        assert f"No risk is shown: {said}" in text
        assert ": silent for 20 days" in text
        assert "came back" not in text


# what is not about the verdict is told apart in the same reports
VARIANTS: dict[str, dict[str, Any]] = {
    "shown": {},
    "recency_not_beaten": {"is_default": True, "alike": 0.01, "alike_expected": 430.0},
    "too_few_origins": {"alike": 0.01, "alike_expected": 380.0},
}


def test_the_silence_in_use_is_told_beside_four_weeks(told: Told) -> None:
    page = words(told()[0])[1]
    assert "A member counts as gone after 135 days without an act, or by leaving." in page
    assert "Of silences that long 10% end within three months; of those of four weeks 49%." in page


def test_the_usual_silence_is_called_so(told: Told) -> None:
    page = words(told("recency_not_beaten", **VARIANTS["recency_not_beaten"])[0])[1]
    assert "gone after 28 days without an act (too few silences are known here), or by leaving." in page
    assert "end within three months" not in page


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("shown", "Who is answered early goes by how they begin"),
        ("recency_not_beaten", "an early answer goes with staying longer; that it is the cause is not shown."),
        ("too_few_origins", "those answered early stay less long; that it is the cause is not shown."),
    ],
)
def test_an_early_answer_is_judged_among_members_who_began_alike(told: Told, verdict: str, said: str) -> None:
    assert said in words(told(*() if verdict == "shown" else (verdict,), **VARIANTS[verdict])[0])[1]


def test_both_questions_about_key_people_are_answered(told: Told) -> None:
    page = words(told()[0])[1]
    # the first ten to ask reach 245 together; the ten most active touch a fifth of all acts
    assert re.search(r"10\s*245\s*20%\s*10%", page)
    assert "400 members answered or reacted to anyone, and so can be reached." in page
    assert "To pass something on, ask: " in page
    assert "Ranked by members addressed" in page
    assert "(rank correlation 0.49; the mere number of messages 0.46)" in page
