"""A feed of captured versions is served as of the clock, exactly as captured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.discourse import feed, serve
from sandbox.moments import micros, moment


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[dict[str, Any]]:
    return feed(shared / "data" / "discourse-feed" / "delving-2024.jsonl.gz")


@pytest.mark.parametrize("at", [None, datetime(2023, 9, 8), datetime(2024, 4, 1, 12)])
def test_the_last_version_by_then_is_served(
    lines: list[dict[str, Any]], walk: Callable[..., list[dict[str, Any]]], at: datetime | None
) -> None:
    with serve(lines, now=at) as forum:
        posts = walk(forum.base_url)
        until = forum.now
    expected = {line["post"]["id"]: line["post"] for line in lines if line["captured_at"] <= until.isoformat() + "Z"}
    assert len(posts) == len(expected)
    assert {post["id"]: post for post in posts} == expected
    assert at is not None or len(posts) == 1884


def test_edits_show_when_they_were_captured(lines: list[dict[str, Any]], client: httpx.Client) -> None:
    seen: dict[int, dict[str, Any]] = {}
    line = next(
        line for line in lines
        if line["post"]["version"] > seen.setdefault(line["post"]["id"], line["post"])["version"]
    )  # fmt: skip
    number, at = line["post"]["id"], micros(datetime.fromisoformat(line["captured_at"]))
    with serve(lines, now=moment(at - 1)) as forum:
        url = f"{forum.base_url}/posts/{number}.json"
        before = client.get(url).json()["version"]
        forum.now = moment(at)
        assert client.get(url).json()["version"] == line["post"]["version"] > before


def test_topics_and_people_follow_from_the_posts(lines: list[dict[str, Any]], client: httpx.Client) -> None:
    with serve(lines, api_key="k") as forum:
        headers = {"Api-Key": "k", "Api-Username": "system"}
        urls = [f"{forum.base_url}/admin/users/list/active.json?page={page}" for page in (1, 2, 3)]
        people = [row for url in urls for row in client.get(url, headers=headers).json()]
        topic = client.get(f"{forum.base_url}/t/202.json").json()
    assert len(people) == len({line["post"]["user_id"] for line in lines})
    last = {line["post"]["id"]: line["post"] for line in lines}
    assert topic["post_stream"]["stream"] == sorted(i for i, post in last.items() if post["topic_id"] == 202)
