"""The Discourse double pages to a last page, in both ways of walking, and tells the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.community import Community
from sandbox.discourse import serve

Walk = Callable[..., list[dict[str, Any]]]


def test_plain_paging_ends_with_every_post_once(community: Community, walk: Walk) -> None:
    with serve(community) as forum:
        posts = walk(forum.base_url)
        ids = [post["id"] for post in posts]
        assert ids == sorted(set(ids), reverse=True)
        assert forum.requests.by_path["/posts.json"] == -(-len(ids) // 50) + 1


def test_window_paging_is_by_id_and_inclusive(community: Community, walk: Walk, client: httpx.Client) -> None:
    with serve(community) as plain:
        every = {post["id"] for post in walk(plain.base_url)}
    with serve(community, paging="window") as forum:
        top, seen = max(every), []
        first = client.get(f"{forum.base_url}/posts.json").json()["latest_posts"]
        assert first[0]["id"] == top
        while top > 0:
            page = client.get(f"{forum.base_url}/posts.json?before={top}").json()["latest_posts"]
            assert all(top - 50 < post["id"] <= top for post in page)
            seen += page
            top -= 50
    assert every <= {post["id"] for post in seen}
    assert any(post["post_type"] == 3 for post in seen), "the older walk shows small actions"


def test_topic_stream_leads_to_all_its_posts(community: Community, walk: Walk, client: httpx.Client) -> None:
    with serve(community) as forum:
        posts = walk(forum.base_url)
        largest = max({p["topic_id"] for p in posts}, key=lambda t: sum(p["topic_id"] == t for p in posts))
        topic = client.get(f"{forum.base_url}/t/{largest}.json").json()
        stream = topic["post_stream"]["stream"]
        assert len(topic["post_stream"]["posts"]) == min(20, len(stream))
        query = [("post_ids[]", number) for number in stream]
        rest = client.get(f"{forum.base_url}/t/{largest}/posts.json", params=query).json()["post_stream"]["posts"]
        assert [post["id"] for post in rest] == stream
        assert {p["id"] for p in posts if p["topic_id"] == largest} == {p["id"] for p in rest if p["post_type"] == 1}
        single = client.get(f"{forum.base_url}/posts/{stream[0]}.json").json()
        assert single["raw"] == next(p["raw"] for p in posts if p["id"] == stream[0])


def test_admin_list_pages_to_an_empty_one(community: Community, client: httpx.Client) -> None:
    headers, ids = {"Api-Key": "k3y", "Api-Username": "system"}, []
    with serve(community, api_key="k3y") as forum:
        for page in range(1, 9):
            url = f"{forum.base_url}/admin/users/list/active.json?page={page}&order=created&asc=true"
            rows = client.get(url, headers=headers).json()
            ids += [row["id"] for row in rows]
            if not rows:
                break
        about = client.get(f"{forum.base_url}/about.json").json()["about"]
    alive = [account.id for account in community.forum.accounts.values() if account.deleted_at is None]
    assert sorted(ids) == sorted(alive)
    assert about["stats"]["users_count"] == len(alive) - 1


def test_empty_forum_answers_empty(client: httpx.Client) -> None:
    with serve([]) as forum:
        assert client.get(f"{forum.base_url}/posts.json").json() == {"latest_posts": []}
        assert client.get(f"{forum.base_url}/categories.json").json()["category_list"]["categories"] == []
        assert client.get(f"{forum.base_url}/t/1.json").status_code == 404
        assert client.get(f"{forum.base_url}/about.json").json()["about"]["stats"]["posts_count"] == 0


@pytest.mark.parametrize("path", ["/nothing.json", "/t/999999.json", "/posts/999999.json", "/posts.json/x"])
def test_unknown_paths_are_not_found(community: Community, client: httpx.Client, path: str) -> None:
    with serve(community) as forum:
        answer = client.get(forum.base_url + path)
    assert answer.status_code == 404
    assert answer.json()["error_type"] == "not_found"


def test_nonsense_in_queries_is_borne(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        for query in ("before=abc", "before=-5", "before=", "before=9" * 3, "before=" + "9" * 40):
            assert len(client.get(f"{forum.base_url}/posts.json?{query}").json()["latest_posts"]) == 50
