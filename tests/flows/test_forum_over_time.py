"""A real forum replayed by its capture times: four visits end in the same marts as one visit at the end."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox import discourse
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
