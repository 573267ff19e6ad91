"""The walk over posts: complete in every version of the API, cheap, resumable, and what is gone is noticed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from sources.errors import BadAnswer

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


def test_a_kill_at_any_page_leaves_no_hole(shelf: Any, new_forum: Any, post: Any) -> None:
    """Killed again and again while new posts arrive: in the end the same rows as an undisturbed read."""
    forum = new_forum([post(n) for n in range(1, 301)])
    here, whole = shelf("discourse"), shelf("discourse")
    for round_, kill in enumerate([3, 8, 5, 12, 4, 9]):
        here.pull(OPTIONS, NOW + timedelta(hours=round_), transport=forum.transport, killed_after=kill)
        forum.posts |= {n: post(n) for n in range(301 + round_ * 60, 361 + round_ * 60)}
    here.pull(OPTIONS, NOW + timedelta(days=1), transport=forum.transport)
    whole.pull(OPTIONS, NOW + timedelta(days=1), transport=forum.transport)
    assert here.latest("messages") == whole.latest("messages")
    assert here.latest("accounts") == whole.latest("accounts")
    assert len(here.state["covered"]) == 1


def test_deleted_edited_and_hidden_posts_are_noticed(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 131)])
    here, options = shelf("discourse"), OPTIONS | {"lookback_requests_per_day": 20}
    here.pull(options, NOW, transport=forum.transport)
    del forum.posts[130], forum.posts[60]
    forum.hidden |= {50: 403, 40: 410, 30: 200}
    forum.posts[100] = post(100, raw="edited", version=2)
    here.pull(options, NOW + timedelta(days=1), transport=forum.transport)
    gone = {key[0] for key, row in here.latest("messages").items() if row["is_tombstone"]}
    assert gone == {130, 60, 50, 40}, "30 is only hidden from lists"
    assert here.latest("messages")[60,]["deleted_at"] == NOW + timedelta(days=1)
    assert here.latest("messages")[100,]["raw"] == "edited"
    asked = sum("/posts/30" in path for path in forum.requests)
    here.pull(options, NOW + timedelta(days=2), transport=forum.transport)
    assert sum("/posts/30" in path for path in forum.requests) == asked, "not asked for again"


def test_the_look_back_keeps_to_its_budget_and_reaches_further_day_by_day(
    shelf: Any, new_forum: Any, post: Any
) -> None:
    forum = new_forum([post(n) for n in range(1, 1001)])
    here, options = shelf("discourse"), OPTIONS | {"lookback_requests_per_day": 8}
    here.pull(options, NOW, transport=forum.transport)
    forum.posts[5] = post(5, raw="edited long ago", version=2)
    seen = []
    for day in range(1, 8):
        before = len(forum.requests)
        here.pull(options, NOW + timedelta(days=day), transport=forum.transport)
        assert len(forum.requests) - before <= 8 + 3
        again = here.pull(options, NOW + timedelta(days=day, hours=1), transport=forum.transport)
        assert again.requests <= 3, "the day's budget is spent"
        seen.append(here.latest("messages")[5,]["raw"])
    assert seen[0] == "text 5"
    assert seen[-1] == "edited long ago"


def test_full_and_since_look_at_everything_asked_for(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 201)])
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=forum.transport)
    del forum.posts[200], forum.posts[3]
    forum.posts[190] = post(190, raw="edited", version=2)
    here.pull(OPTIONS, NOW + timedelta(days=1), transport=forum.transport, since=datetime(2023, 11, 15, 23))
    assert here.latest("messages")[190,]["raw"] == "edited"
    assert not here.latest("messages")[3,]["is_tombstone"]
    here.pull(OPTIONS, NOW + timedelta(days=2), transport=forum.transport, full=True)
    assert {key[0] for key, row in here.latest("messages").items() if row["is_tombstone"]} == {200, 3}


def test_nothing_older_than_the_start_is_kept(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 1001)])
    here = shelf("discourse")
    here.pull(OPTIONS | {"start": "2023-11-20"}, NOW, transport=forum.transport)
    rows = here.latest("messages").values()
    assert rows
    assert min(row["created_at"] for row in rows) >= datetime(2023, 11, 20)
    assert len(forum.requests) < 15
    assert next(row for row in here.coverage if row["stream"] == "messages")["observed_from"] == datetime(2023, 11, 20)


def test_an_empty_community_is_no_error(shelf: Any, new_forum: Any) -> None:
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=new_forum().transport)
    assert not here.latest("messages")
    assert here.coverage


def test_pages_that_never_end_are_an_error(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 200)])
    newest = [forum.posts[n] for n in range(199, 149, -1)]
    same = httpx.Response(200, json={"latest_posts": newest})
    forum.faults.append(lambda request: same if request.url.path == "/posts.json" else None)
    with pytest.raises(BadAnswer, match="never end"):
        shelf("discourse").pull(OPTIONS, NOW, transport=forum.transport)


def test_doubled_and_shuffled_items_change_nothing(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 151)])
    here, whole = shelf("discourse"), shelf("discourse")
    whole.pull(OPTIONS, NOW, transport=forum.transport)

    def shuffle(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/posts.json":
            return None
        page = forum._page(int(request.url.params.get("before", 150)))
        return httpx.Response(200, json={"latest_posts": [*page[::2], *page[1::2], *page[:3]]})

    forum.faults.append(shuffle)
    here.pull(OPTIONS, NOW, transport=forum.transport)
    assert here.latest("messages") == whole.latest("messages")
    assert here.latest("accounts") == whole.latest("accounts")


def test_a_post_that_breaks_the_shape_is_rejected_and_the_walk_goes_on(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 101)])
    forum.posts[70] = post(70, created_at="yesterday")
    forum.posts[80] = post(80, raw="<script>alert(1)</script> \U0001f600 مرحبا" + "x" * 1_000_000)
    here = shelf("discourse")
    result = here.pull(OPTIONS, NOW, transport=forum.transport)
    assert result.rejected == 1
    assert here.rejected[0]["column"] == "created_at"
    assert len(here.latest("messages")) == 99
    assert here.latest("messages")[80,]["text_length"] > 1_000_000
