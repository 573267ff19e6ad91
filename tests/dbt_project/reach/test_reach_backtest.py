"""The backtest of rankings against a recount in plain Python and scipy: who answers whom in the thirty days after."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from scipy.stats import mannwhitneyu, spearmanr

from tests.dbt_project.reach.community import Community

ANSWERS = ("reply", "thread_reply")


def recount(made: Community, scope: str, origin: date) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Scores by ranking and member from the ninety days before the origin, and distinct answerers from it on."""

    def is_member(one: str) -> bool:
        return made.members[one] == ("member", "active")

    def has_begun(day: date) -> bool:
        return origin - timedelta(90) <= day < origin

    heard: dict[str, set[str]] = defaultdict(set)
    spoken: dict[str, set[str]] = defaultdict(set)
    later: dict[str, set[str]] = defaultdict(set)
    replies: Counter[str] = Counter()
    written = Counter(m[3] for m in made.messages if scope in (m[1], "all") and m[10] and has_begun(m[9]))
    for _, source, giver, receiver, kind, at, _, _ in made.interactions:
        if (
            at is None
            or giver == receiver
            or scope not in (source, "all")
            or not (is_member(giver) and is_member(receiver))
        ):
            continue
        if has_begun(at.date()):
            heard[receiver].add(giver)
            spoken[giver].add(receiver)
            replies[receiver] += kind in ANSWERS
        if origin <= at.date() < origin + timedelta(30) and kind in ANSWERS:
            later[receiver].add(giver)
    present = {one for one in {*heard, *spoken, *written} if is_member(one)}
    scores = {
        "reach": {one: len(heard[one]) for one in present},
        "reach_out": {one: len(spoken[one]) for one in present},
        "replies_received": {one: replies[one] for one in present},
        "messages": {one: written[one] for one in present},
    }
    return scores, {one: len(later[one]) for one in present}


@pytest.mark.parametrize("scope", ["town", "forum", "college", "all"])
def test_the_rankings_are_judged_by_who_answers_afterwards(reach: Path, community: Community, scope: str) -> None:
    if scope not in (*community.spans, "all"):
        pytest.skip(f"the data of {scope} are not at hand")
    with duckdb.connect(str(reach), read_only=True) as database:
        found = database.execute(
            "select origin, ranking, members_count, answered_count, rank_correlation, auc from ops.reach_backtest"
            " where scope = ?",
            [scope],
        ).fetchall()
    recounted = {origin: recount(community, scope, origin) for origin in {row[0] for row in found}}
    assert len(recounted) == 2
    compared = 0
    for origin, ranking, members, answered, correlation, auc in found:
        scores, answerers = recounted[origin]
        assert (members, answered) == (len(answerers), sum(1 for one in answerers.values() if one))
        if ranking not in scores or len(set(scores[ranking].values())) < 2:
            continue
        order = list(answerers)
        told, came = [scores[ranking][one] for one in order], [answerers[one] for one in order]
        assert correlation == pytest.approx(spearmanr(told, came).statistic, rel=1e-9)
        lucky, others = ([s for s, c in zip(told, came, strict=True) if (c > 0) is which] for which in (True, False))
        assert auc == pytest.approx(mannwhitneyu(lucky, others).statistic / (len(lucky) * len(others)), rel=1e-12)
        compared += 1
    assert compared >= 6
