"""The same equalities on a real forum, a real chat and a real message graph."""

import gzip
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.dbt_project.churn.support import SHARED, Built, Life
from tests.dbt_project.churn.test_survival_equals_lifelines import agree

Days = dict[str, list[date]]


def day(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def forum() -> Days:
    found: dict[str, set[date]] = defaultdict(set)
    with gzip.open(SHARED / "discourse-feed" / "delving-2024.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            post = json.loads(line)["post"]
            if post["user_id"] > 0:
                found[str(post["user_id"])].add(date.fromisoformat(post["created_at"][:10]))
    return {one: sorted(days) for one, days in found.items()}


def chat() -> Days:
    found: dict[str, set[date]] = defaultdict(set)
    with zipfile.ZipFile(SHARED / "slack-export" / "houston-2015.zip") as export:
        for name in export.namelist():
            if name.count("/") >= 1 and name.endswith(".json"):
                for message in json.loads(export.read(name)):
                    if message.get("user") and message.get("subtype") is None:
                        found[message["user"]].add(day(float(message["ts"])))
    return {one: sorted(days) for one, days in found.items()}


def students() -> Days:
    found: dict[str, set[date]] = defaultdict(set)
    for line in (SHARED / "graphs" / "CollegeMsg.txt").read_text(encoding="utf-8").splitlines()[1:]:
        sender, _, seconds = line.split()
        found[sender].add(day(int(seconds)))
    return {one: sorted(days) for one, days in found.items()}


def build(churn: Callable[[Life], Built], read: Callable[[], Days]) -> Built:
    if not SHARED.exists():
        pytest.skip("the real samples lie outside the project and are not here")
    days = read()
    return churn(Life(days, as_of=max(own[-1] for own in days.values()))).build()


@pytest.mark.parametrize("read", [forum, chat, students])
def test_survival_and_identity_on_real_lives(churn: Callable[[Life], Built], read: Callable[[], Days]) -> None:
    built = build(churn, read)
    assert built.one("select count(*) from marts.growth_accounting") > 20
    assert (
        built.one(
            "select count(*) from marts.growth_accounting"
            " where active is distinct from previous_active + new + resurrected - churned"
        )
        == 0
    )
    if built.one("select count(*) from marts.survival_curve where stratum = 'all'"):
        assert agree(built, "all", "members", "all") > 20


def test_backtest_of_the_message_graph(churn: Callable[[Life], Built]) -> None:
    """METHODS has recency .737, table .739 for this graph; the protocol here is close to it, not the same."""
    built = build(churn, students)
    ((origins, auc, recency, brier, recency_brier, verdict),) = built.rows(
        "select origins, auc, recency_auc, brier, recency_brier, verdict from ops.risk_verdict where scope = 'all'"
    )
    print(
        f"CollegeMsg: {origins} origins, AUC {auc:.3f}, recency {recency:.3f}, Brier {brier:.3f} ({recency_brier:.3f})"
    )
    assert origins >= 6
    assert 0.70 < recency < 0.78
    assert auc > recency
    assert brier < recency_brier
    assert verdict == "shown"
    assert built.one("select count(*) from ops.risk_backtest where is_leak_suspected") == 0


def test_real_forum_shows_a_score_only_where_recency_is_beaten(churn: Callable[[Life], Built]) -> None:
    built = build(churn, forum)
    ((origins, auc, recency, verdict),) = built.rows(
        "select origins, auc, recency_auc, verdict from ops.risk_verdict where scope = 'all'"
    )
    print(f"forum: {origins} origins, AUC {auc}, recency {recency}: {verdict}")
    assert (built.one("select count(*) from desk.member_risk") > 0) == (verdict == "shown")
    if verdict == "shown":
        assert auc > recency
