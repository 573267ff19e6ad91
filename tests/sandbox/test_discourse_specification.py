"""Every answer of the Discourse double has the shape the official document demands, its known defects mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from sandbox.community import Community
from sandbox.discourse import serve

Validate = Callable[[str, Any], None]
KEY = {"Api-Key": "k", "Api-Username": "system"}


@pytest.mark.parametrize("at", [datetime(2024, 3, 1), datetime(2026, 6, 29)])
def test_post_lists_and_posts(community: Community, client: httpx.Client, validate: Validate, at: datetime) -> None:
    with serve(community, now=at) as forum:
        before = ""
        for _ in range(4):
            page = client.get(f"{forum.base_url}/posts.json{before}").json()
            validate("/posts.json", page)
            if not page["latest_posts"]:
                break
            before = f"?before={page['latest_posts'][-1]['id']}"
            for post in page["latest_posts"][::10]:
                validate("/posts/{id}.json", client.get(f"{forum.base_url}/posts/{post['id']}.json").json())


def test_topics(community: Community, client: httpx.Client, validate: Validate) -> None:
    with serve(community) as forum:
        shown = 0
        for number in list(community.forum.topics)[::15]:
            answer = client.get(f"{forum.base_url}/t/{number}.json")
            if answer.status_code == 200:
                shown += 1
                validate("/t/{id}.json", answer.json())
                validate("/t/{id}/posts.json", client.get(f"{forum.base_url}/t/{number}/posts.json").json())
    assert shown > 5


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/categories.json", "/categories.json"),
        ("/categories.json", "/categories.json?include_subcategories=true"),
        ("/site/basic-info.json", "/site/basic-info.json"),
        ("/directory_items.json", "/directory_items.json?period=all&order=post_count"),
        ("/admin/users/list/{flag}.json", "/admin/users/list/active.json?show_emails=true"),
        ("/admin/users/list/{flag}.json", "/admin/users/list/suspended.json"),
        ("/admin/users/list/{flag}.json", "/admin/users/list/active.json?page=99"),
    ],
)
def test_site_answers(community: Community, client: httpx.Client, validate: Validate, template: str, path: str) -> None:
    with serve(community, api_key="k") as forum:
        validate(template, client.get(forum.base_url + path, headers=KEY).raise_for_status().json())
