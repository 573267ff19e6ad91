"""The double demands credentials, keeps limits and fails exactly as ordered."""

from __future__ import annotations

import httpx
import pytest

from sandbox.community import Community
from sandbox.discourse import serve
from sandbox.faults import Limit

KEY = {"Api-Key": "s3cret", "Api-Username": "system"}


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({}, 404, "not_found"),
        ({"Api-Key": "wrong", "Api-Username": "system"}, 403, "invalid_access"),
        ({"Api-Key": "s3cret", "Api-Username": "somebody"}, 403, "invalid_access"),
        ({"Api-Key": "s3cret"}, 403, "invalid_access"),
    ],
)
def test_admin_list_needs_the_right_key(
    community: Community, client: httpx.Client, headers: dict[str, str], status: int, kind: str
) -> None:
    with serve(community, api_key="s3cret") as forum:
        refused = client.get(f"{forum.base_url}/admin/users/list/active.json", headers=headers)
        granted = client.get(f"{forum.base_url}/admin/users/list/active.json", headers=KEY)
    assert (refused.status_code, refused.json()["error_type"]) == (status, kind)
    assert len(granted.json()) == 100 or granted.json()


def test_closed_forum_shows_nothing_without_a_key(community: Community, client: httpx.Client) -> None:
    with serve(community, api_key="s3cret", login_required=True) as forum:
        assert client.get(f"{forum.base_url}/posts.json").status_code == 403
        assert client.get(f"{forum.base_url}/posts.json", headers=KEY).status_code == 200


def test_limit_answers_429_with_the_platforms_words(community: Community, client: httpx.Client) -> None:
    time = [0.0]
    with serve(community, api_key="s3cret", limit=Limit(3, 10.0, clock=lambda: time[0])) as forum:
        url = f"{forum.base_url}/about.json"
        assert [client.get(url).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused, with_key = client.get(url), client.get(url, headers=KEY)
        assert refused.headers["Retry-After"] == "10"
        assert refused.headers["Discourse-Rate-Limit-Error-Code"] == "ip_10_secs_limit"
        assert with_key.json()["extras"]["wait_seconds"] == 10
        time[0] = 10.0
        assert client.get(url).status_code == 200


def test_status_faults_come_as_often_as_ordered(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        forum.faults.add("status", times=2, path="/posts.json", skip=1, status=502)
        codes = [client.get(f"{forum.base_url}/posts.json").status_code for _ in range(4)]
        assert client.get(f"{forum.base_url}/about.json").status_code == 200
        assert codes == [200, 502, 502, 200]
        forum.faults.add("rate_limit", retry_after="7")
        limited = client.get(f"{forum.base_url}/about.json")
        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
        assert forum.requests.by_path == {"/posts.json": 4, "/about.json": 2}


def test_broken_answers(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        url = f"{forum.base_url}/posts.json"
        forum.faults.add("truncated")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url)
        forum.faults.add("drop")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url)
        forum.faults.add("malformed")
        with pytest.raises(ValueError, match=r"Expecting|Unterminated|Extra|delimiter"):
            client.get(url).json()
        forum.faults.add("slow", seconds=20.0)
        with pytest.raises(httpx.ReadTimeout):
            client.get(url, timeout=0.1)
        assert client.get(url).status_code == 200


def test_doubled_and_reordered_items(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        url = f"{forum.base_url}/posts.json"
        right = [post["id"] for post in client.get(url).json()["latest_posts"]]
        forum.faults.add("duplicate")
        doubled = [post["id"] for post in client.get(url).json()["latest_posts"]]
        forum.faults.add("reorder")
        reordered = [post["id"] for post in client.get(url).json()["latest_posts"]]
    assert doubled == [number for number in right for _ in range(2)]
    assert reordered != right
    assert sorted(reordered, reverse=True) == right


def test_pages_without_end(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        url = f"{forum.base_url}/posts.json"
        forum.faults.add("stuck", times=3)
        pages = [client.get(f"{url}?before={before}").json() for before in (900, 800, 10)]
        assert pages[0] == pages[1] == pages[2]
        forum.faults.clear()
        forum.faults.add("endless", times=-1)
        before, seen = 60, set()
        for _ in range(5):
            page = [post["id"] for post in client.get(f"{url}?before={before}").json()["latest_posts"]]
            assert len(page) == 50
            assert not seen & set(page)
            seen |= set(page)
            before = page[-1]


def test_redirect_to_another_host(community: Community, client: httpx.Client) -> None:
    with serve(community, api_key="s3cret") as forum, serve([]) as elsewhere:
        forum.faults.add("redirect", location=f"{elsewhere.base_url}/posts.json")
        answer = client.get(f"{forum.base_url}/posts.json", headers=KEY)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(elsewhere.base_url)
        assert elsewhere.requests.total == 0
        client.get(f"{forum.base_url}/posts.json", headers=KEY)
        assert forum.requests.log[-1].headers["api-key"] == "s3cret"


def test_huge_body_is_as_large_as_ordered(community: Community, client: httpx.Client) -> None:
    with serve(community) as forum:
        forum.faults.add("huge", size=3_000_000)
        with client.stream("GET", f"{forum.base_url}/posts.json") as answer:
            assert int(answer.headers["Content-Length"]) > 3_000_000
            assert sum(len(block) for block in answer.iter_raw()) == int(answer.headers["Content-Length"])


def test_latency_slows_each_answer(community: Community, client: httpx.Client) -> None:
    with serve(community, latency=0.05) as forum:
        assert client.get(f"{forum.base_url}/about.json").elapsed.total_seconds() >= 0.05
