"""A day's units: kept in the state, counted before each request, ended without an error, renewed at midnight there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sources.budget import DailyUnits, Spent
from sources.connector import Connector, Context, Coverage, Item, Page
from tests.sources.conftest import Shelf

PACIFIC = "America/Los_Angeles"
MORNING, EVENING, TOMORROW = datetime(2026, 6, 1, 9), datetime(2026, 6, 2, 6, 59), datetime(2026, 6, 2, 7)


def context(now: datetime, state: dict[str, Any]) -> Context:
    return Context("videos", None, {}, state, lambda name: None, now, "run")


def budget(now: datetime, state: dict[str, Any], a_day: int = 10) -> DailyUnits:
    return DailyUnits(context(now, state), state, a_day, PACIFIC)


def test_a_day_begins_where_the_platform_says() -> None:
    state: dict[str, Any] = {"position": 7}
    budget(MORNING, state).take(4)
    assert budget(EVENING, state).left() == 6
    assert budget(EVENING, state).renewed_at() == TOMORROW
    assert budget(TOMORROW, state).left() == 10
    assert state["position"] == 7


def test_what_is_not_there_cannot_be_taken() -> None:
    here = budget(MORNING, {})
    here.take(8)
    with pytest.raises(Spent, match="today's 10 are used up"):
        here.take(3)
    here.take(2)
    assert here.left() == 0


class Videos:
    """A connector that reads forty numbers, two units a page of four, and the platform that counts by itself."""

    def __init__(self) -> None:
        self.refuses_after: int | None = None
        self.asked = 0

    def read(self, context: Context) -> Iterator[Item]:
        units = DailyUnits(context, context.state.setdefault("units", {}), 10, PACIFIC)
        yield from units.until_spent(self.pages(context, units))

    def pages(self, context: Context, units: DailyUnits) -> Iterator[Item]:
        while (first := context.state.get("next", 0)) < 40:
            units.take(2)
            self.asked += 1
            if self.asked == self.refuses_after:
                raise Spent("videos", "comments", "the platform says so too", "run again tomorrow")
            rows = [{"id": first + n, "created_at": "2026-01-01T00:00:00Z"} for n in range(4)]
            yield Page("messages", rows)
            context.state["next"] = first + 4
        yield Coverage("messages", None, context.now)


@pytest.fixture
def videos(shelf: Any) -> tuple[Videos, Shelf]:
    here, platform = shelf("discourse"), Videos()
    given = {name: getattr(here.connector, name) for name in Connector.__dataclass_fields__}
    here.connector = Connector(**given | {"read": platform.read})
    return platform, here


def test_a_spent_day_ends_cleanly_and_the_next_goes_on(videos: tuple[Videos, Shelf]) -> None:
    platform, here = videos
    options = {"base_url": "https://videos.test"}
    result = here.pull(options, MORNING)
    assert result.rows == 20
    assert result.notes == ["today's 10 units are used up: the rest is read after 2026-06-02 07:00 UTC"]
    assert not here.coverage, "what was not read to its end is not called observed"
    here.pull(options, EVENING)
    assert platform.asked == 5, "a spent day asks nothing"
    assert here.pull(options, TOMORROW).notes == []
    assert sorted(row["id"] for row in here.latest("messages").values()) == list(range(40))
    assert [row["stream"] for row in here.coverage] == ["messages"]


def test_the_platform_counts_too(videos: tuple[Videos, Shelf]) -> None:
    platform, here = videos
    platform.refuses_after = 2
    options = {"base_url": "https://videos.test"}
    assert here.pull(options, MORNING).rows == 4
    here.pull(options, EVENING)
    assert platform.asked == 2, "its word ends the day, whatever we have counted"
    here.pull(options, TOMORROW)
    assert len(here.latest("messages")) == 24
