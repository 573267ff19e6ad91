"""The walk over posts: complete in every version of the API, cheap, resumable, and what is gone is noticed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

NOW = datetime(2024, 6, 1)
OPTIONS = {"base_url": "https://forum.test", "lookback_requests_per_day": 0}


def ids(shelf: Any) -> set[int]:
    return {key[0] for key, row in shelf.latest("messages").items() if not row["is_tombstone"]}


@pytest.mark.parametrize("windowed", [False, True])
@pytest.mark.parametrize("exclusive", [False, True])
def test_all_posts_are_read_over_holes_in_either_version(
    shelf: Any, new_forum: Any, post: Any, windowed: bool, exclusive: bool
) -> None:
    numbers = {*range(1, 40), *range(400, 520), 521, 900, *range(1000, 1100)}
    forum = new_forum([post(n) for n in numbers], windowed=windowed)
    forum.exclusive = exclusive
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=forum.transport)
    assert ids(here) == numbers
    assert len(forum.requests) < 60


def test_backfill_and_increment_cost_few_requests(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 2001)])
    here = shelf("discourse")
    first = here.pull(OPTIONS, NOW, transport=forum.transport)
    assert first.requests <= 21 * 2 + 2, "categories and totals apart"
    forum.posts |= {n: post(n) for n in range(2001, 2299)}
    second = here.pull(OPTIONS, NOW + timedelta(days=1), transport=forum.transport)
    assert second.requests <= 10
    assert ids(here) == set(range(1, 2299))
