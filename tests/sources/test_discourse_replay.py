"""A real forum's history, stepped through time: increments end where one full read ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

NOW = datetime(2024, 12, 12)
OLDEST = 2900
BEGIN = "2024-09-01T00:00:00Z"
END = "2024-12-12T00:00:00Z"
OPTIONS = {"base_url": "https://forum.test", "lookback_requests_per_day": 400}


def as_of(feed: Any, moment: str) -> dict[int, dict[str, Any]]:
    """The forum's last 700 posts at a moment: each one's last captured version."""
    return {post["id"]: dict(post) for captured, post in feed if captured <= moment and post["id"] > OLDEST}


def before_an_edit(feed: Any) -> str:
    """The capture just before a post of ours was seen edited."""
    versions: dict[int, int] = {}
    last = ""
    for captured, post in feed:
        if post["id"] <= OLDEST:
            continue
        if post["version"] > versions.setdefault(post["id"], post["version"]) and last > BEGIN:
            return last
        last, versions[post["id"]] = captured, post["version"]
    raise AssertionError("no edit in the feed")


def test_steps_in_time_end_like_one_full_read(shelf: Any, new_forum: Any, feed: Any) -> None:
    forum, stepped, whole = new_forum(), shelf("discourse"), shelf("discourse")
    for moment in (BEGIN, before_an_edit(feed), END):
        forum.posts = as_of(feed, moment)
        stepped.pull(OPTIONS, datetime.fromisoformat(moment).replace(tzinfo=None), transport=forum.transport)
    whole.pull(OPTIONS, NOW, transport=forum.transport)
    for stream in ("messages", "channels", "accounts", "counts"):
        assert stepped.latest(stream) == whole.latest(stream), stream
    versions = [row for rows in stepped.versions["messages"].values() for row in rows]
    assert len({(row["id"], row["version"]) for row in versions}) > len(forum.posts), "edits were seen"
    assert not any(row["is_tombstone"] for row in versions)
    assert not stepped.rejected
    assert len(whole.latest("messages")) == len(forum.posts)


def test_only_likes_are_likes(shelf: Any, new_forum: Any, post: Any) -> None:
    flagged = post(1, actions_summary=[{"id": 3, "count": 9}, {"id": 2, "count": 4}], reactions=[{"id": "heart"}])
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=new_forum([flagged, post(2, actions_summary=[])]).transport)
    assert [here.latest("counts")["message", number, "likes"]["value"] for number in ("1", "2")] == [4, 0]


def test_likes_are_counted_once(shelf: Any, new_forum: Any, feed: Any) -> None:
    forum, here = new_forum(), shelf("discourse")
    forum.posts = as_of(feed, END)
    here.pull(OPTIONS, NOW, transport=forum.transport)
    counted = {key[1]: row["value"] for key, row in here.latest("counts").items() if key[2] == "likes"}
    expected = {
        str(number): float(next((a["count"] for a in post["actions_summary"] if a["id"] == 2), 0))
        for number, post in forum.posts.items()
    }
    assert counted == expected
