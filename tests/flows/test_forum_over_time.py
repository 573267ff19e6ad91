"""A real forum replayed by its capture times: four visits end in the same marts as one visit at the end."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sandbox import discourse
from tests.flows import recomputed
from tests.flows.support import Rows, ask, everything, run_muster, write_configuration

MOMENTS = [datetime(2023, 10, 1), datetime(2024, 3, 1), datetime(2024, 8, 1), datetime(2024, 12, 12)]


@pytest.fixture(scope="module")
def feed(shared: Path) -> list[dict[str, Any]]:
    return discourse.feed(shared / "discourse-feed" / "delving-2024.jsonl.gz")


@pytest.fixture(scope="module")
def visited(feed: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(visited four times, visited once)."""
    with discourse.serve(feed, now=MOMENTS[0]) as forum:
        sources = f'[sources.forum]\nplatform = "discourse"\nbase_url = "{forum.base_url}"\n'
        often = write_configuration(tmp_path_factory.mktemp("often"), sources, timezone="America/New_York")
        for moment in MOMENTS:
            forum.now = moment
            assert run_muster(often, moment).exit_code == 0
        once = write_configuration(tmp_path_factory.mktemp("once"), sources, timezone="America/New_York")
        assert run_muster(once, MOMENTS[-1]).exit_code == 0
    return often, once


def test_incremental_visits_end_in_the_marts_of_one_full_visit(visited: tuple[Path, Path]) -> None:
    often, once = (everything(folder, told_by_the_platform_at_each_visit) for folder in visited)
    assert often.keys() == once.keys()
    different = {table: differing(often[table], once[table]) for table in once if often[table] != once[table]}
    assert different == {}


def told_by_the_platform_at_each_visit(table: str, column: str) -> bool:
    """The platform states its number of members of today only: one who comes once cannot know the earlier ones."""
    return column in ("members_count", "engaged_per_member", "er_by_members", "observer_members")


def differing(left: Rows, right: Rows) -> tuple[int, int, Any, Any]:
    """Row counts and the first rows that only one side has: what a reader of a failure needs."""
    return (
        len(left),
        len(right),
        next((row for row in left if row not in right), None),
        next((row for row in right if row not in left), None),
    )


def test_posts_and_authors_equal_the_last_captures(visited: tuple[Path, Path], feed: list[dict[str, Any]]) -> None:
    last = {line["post"]["id"]: line["post"] for line in feed}
    assert ask(visited[0], "select count(*) from marts.fct_messages") == [(len(last),)]
    authors = {post["user_id"] for post in last.values()}
    assert ask(visited[0], "select count(distinct account_key) from marts.fct_messages") == [(len(authors),)]
    replies = sum(post["reply_to_post_number"] is not None for post in last.values())
    explicit = ask(visited[0], "select count(*) from marts.fct_messages where parent_message_key is not null")[0][0]
    # a reply can point at a post that was never public
    assert 0.97 * replies <= explicit <= replies


def test_edits_and_deletions_are_seen(visited: tuple[Path, Path], feed: list[dict[str, Any]]) -> None:
    last = {line["post"]["id"]: line["post"] for line in feed}
    edited = sum(post["version"] > 1 for post in last.values())
    deleted = sum(bool(post["user_deleted"] or post["deleted_at"]) for post in last.values())
    assert ask(visited[0], "select count(edited_at), count(deleted_at) from marts.fct_messages") == [(edited, deleted)]


@pytest.fixture(scope="module")
def stood(feed: list[dict[str, Any]]) -> pd.DataFrame:
    """The last captures of people's posts, but for those deleted on their own day: such a post never counted."""
    posts = pd.DataFrame({line["post"]["id"]: line["post"] for line in feed}.values())
    posts["at"] = pd.to_datetime(posts["created_at"]).dt.tz_convert(None)
    # an author's deletion is told by the time of the last change
    gone = pd.to_datetime(posts["updated_at"]).dt.tz_convert(None).where(posts["user_deleted"].astype(bool))
    days = recomputed.local(posts["at"], "America/New_York"), recomputed.local(gone, "America/New_York")
    return posts[(days[0] != days[1]) & (posts["user_id"] > 0)]


def test_every_day_week_and_month_equals_the_recomputation(visited: tuple[Path, Path], stood: pd.DataFrame) -> None:
    kinds = (stood["post_number"] == 1).map({True: "post", False: "comment"})
    people = stood["user_id"].astype(str)
    acts = pd.DataFrame({"source": "forum", "account": people, "at": stood["at"], "kind": kinds})
    shares = recomputed.prove(visited[1], acts, "forum", "America/New_York")
    assert min(shares.values()) > 0.9, shares


def test_the_graph_of_explicit_replies_equals_the_last_captures(
    visited: tuple[Path, Path], feed: list[dict[str, Any]], stood: pd.DataFrame
) -> None:
    authors = {(line["post"]["topic_id"], line["post"]["post_number"]): line["post"]["user_id"] for line in feed}
    answers = stood[stood["reply_to_post_number"].notna()]
    answered = zip(answers["user_id"], answers["topic_id"], answers["reply_to_post_number"].astype(int), strict=True)
    pairs = [(giver, authors.get((topic, number))) for giver, topic, number in answered]
    expected = Counter((str(giver), str(taker)) for giver, taker in pairs if taker is not None and taker != giver)
    assert recomputed.replies(visited[1], "forum") == expected
    assert len(expected) > 200
