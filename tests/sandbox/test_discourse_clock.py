"""As the clock of the double moves, posts appear and are edited, deleted, liked and moved; people are renamed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from sandbox.community import Community
from sandbox.discourse import serve
from sandbox.moments import moment

TICK = timedelta(seconds=1)


def test_posts_appear_and_going_back_hides_them(community: Community, client: httpx.Client) -> None:
    post = list(community.forum.posts.values())[200]
    with serve(community, now=moment(post.at) - TICK) as forum:
        url = f"{forum.base_url}/posts/{post.id}.json"
        assert client.get(url).status_code == 404
        forum.now = moment(post.at)
        assert client.get(url).json()["id"] == post.id
        assert client.get(f"{forum.base_url}/posts.json").json()["latest_posts"][0]["id"] == post.id
        forum.now = moment(post.at) - TICK
        assert client.get(url).status_code == 404


def test_edits_raise_the_version(community: Community, client: httpx.Client) -> None:
    post = next(p for p in community.forum.posts.values() if p.edits and p.deleted_at is None and p.gone_at is None)
    at, raw = post.edits[0]
    with serve(community, now=moment(at) - TICK) as forum:
        url = f"{forum.base_url}/posts/{post.id}.json"
        before = client.get(url).json()
        forum.now = moment(at)
        after = client.get(url).json()
    assert (before["version"], before["raw"]) == (1, post.raw)
    assert (after["version"], after["raw"]) == (2, raw)
    assert after["updated_at"] > before["updated_at"]


def test_deleted_posts_vanish_for_readers_but_not_for_staff(community: Community, client: httpx.Client) -> None:
    post = next(p for p in community.forum.posts.values() if p.deleted_by == "staff" and p.gone_at == p.deleted_at)
    headers = {"Api-Key": "k", "Api-Username": "system"}
    with serve(community, now=moment(post.gone_at or 0) - TICK, api_key="k") as forum:
        url = f"{forum.base_url}/posts/{post.id}.json"
        assert client.get(url).json()["deleted_at"] is None
        forum.now = moment(post.gone_at or 0)
        assert client.get(url).status_code == 404
        assert client.get(url, headers=headers).json()["deleted_at"] is not None
        page = client.get(f"{forum.base_url}/posts.json?before={post.id + 1}").json()["latest_posts"]
        assert post.id not in [one["id"] for one in page]


def test_author_deleted_posts_leave_a_stub(community: Community, client: httpx.Client) -> None:
    post = next(p for p in community.forum.posts.values() if p.deleted_by == "author" and p.gone_at != p.deleted_at)
    with serve(community, now=moment(post.deleted_at or 0)) as forum:
        stub = client.get(f"{forum.base_url}/posts/{post.id}.json").json()
    assert stub["user_deleted"] is True
    assert stub["raw"] == "(post deleted by author)"


def test_renames_reach_earlier_posts(community: Community, walk: Callable[..., list[dict[str, Any]]]) -> None:
    accounts = [a for a in community.forum.accounts.values() if a.renames and a.deleted_at is None]
    account = next(a for a in accounts if any(p.account_id == a.id and p.gone_at is None and p.at < a.renames[0][0]
                                              for p in community.forum.posts.values()))  # fmt: skip
    at, name, _ = account.renames[0]
    with serve(community, now=moment(at) - TICK) as forum:
        before = {p["username"] for p in walk(forum.base_url) if p["user_id"] == account.id}
        forum.now = moment(at)
        after = {p["username"] for p in walk(forum.base_url) if p["user_id"] == account.id}
    assert before == {account.username}
    assert after == {name}


def test_topics_are_renamed_and_posts_moved(community: Community, client: httpx.Client) -> None:
    topic = next(t for t in community.forum.topics.values() if t.changes and t.deleted_at is None)
    moved = next(p for p in community.forum.posts.values() if p.moves and p.gone_at is None)
    with serve(community) as forum:
        shown = client.get(f"{forum.base_url}/t/{topic.id}.json").json()
        post = client.get(f"{forum.base_url}/posts/{moved.id}.json").json()
    assert (shown["title"], shown["category_id"]) == topic.changes[-1][1:]
    assert (post["topic_id"], post["post_number"]) == moved.moves[-1][1:]


def test_likes_rise_and_fall(community: Community, client: httpx.Client) -> None:
    post = next(p for p in community.forum.posts.values() if any(like[2] < 0 for like in p.likes) and p.gone_at is None)
    taken = next(like[0] for like in post.likes if like[2] < 0)
    with serve(community, now=moment(taken) - TICK) as forum:
        counts = []
        for _ in range(2):
            shown = client.get(f"{forum.base_url}/posts/{post.id}.json").json()
            counts.append(sum(one["count"] for one in shown["actions_summary"] if one["id"] == 2))
            forum.now = moment(taken)
    assert counts[0] == counts[1] + 1


def test_stepping_equals_jumping(community: Community, walk: Callable[..., list[dict[str, Any]]]) -> None:
    with serve(community, now=moment(community.start)) as stepped, serve(community) as jumped:
        for month in range(3, 31, 3):
            stepped.now = min(moment(community.start) + timedelta(days=31 * month), moment(community.end))
            httpx.get(f"{stepped.base_url}/posts.json")
        assert walk(stepped.base_url) == walk(jumped.base_url)
