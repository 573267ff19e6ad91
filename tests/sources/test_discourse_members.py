"""Members of a forum: joins are exact, departures are intervals, and without an admin's key the reason is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

NOW = datetime(2024, 6, 1)
OPTIONS = {"base_url": "https://forum.test", "lookback_requests_per_day": 0}
KEY = {"api_key": "secret-key", "api_username": "system"}


def user(number: int, **given: Any) -> dict[str, Any]:
    day = datetime(2024, 1, 1) + timedelta(hours=number)
    shown = {"id": number, "username": f"u{number}", "name": "<script>alert(1)</script>", "active": True}
    return shown | {"admin": False, "moderator": False, "trust_level": 1, "created_at": day.isoformat() + "Z"} | given


def events(shelf: Any) -> list[tuple[int, str, Any, Any, bool]]:
    rows = shelf.latest("memberships").values()
    names = ("account_id", "event", "occurred_at", "occurred_after", "is_exact")
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_joins_are_exact_and_departures_are_intervals(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(n) for n in range(1, 20)])
    forum.users = {n: user(n) for n in range(1, 251)}
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=forum.transport, secrets=KEY)
    assert len(events(here)) == 250
    assert all(event[1] == "join" and event[4] for event in events(here))
    del forum.users[120]
    forum.users[300] = user(300)
    later = NOW + timedelta(days=2)
    here.pull(OPTIONS, later, transport=forum.transport, secrets=KEY)
    assert (120, "leave", later, NOW, False) in events(here)
    assert len(events(here)) == 252
    assert here.latest("accounts")[120,]["is_deleted"]
    forum.users[120] = user(120)
    back = later + timedelta(days=2)
    here.pull(OPTIONS, back, transport=forum.transport, secrets=KEY)
    assert (120, "join", back, later, False) in events(here)
    assert not here.latest("accounts")[120,]["is_deleted"]


def test_the_list_is_read_whole_once_a_day_and_its_newest_page_otherwise(shelf: Any, new_forum: Any, post: Any) -> None:
    forum = new_forum([post(1)])
    forum.users = {n: user(n) for n in range(1, 1001)}
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=forum.transport, secrets=KEY)
    forum.users[1001] = user(1001)
    del forum.users[7]
    again = here.pull(OPTIONS, NOW + timedelta(hours=1), transport=forum.transport, secrets=KEY)
    assert again.requests <= 8, "three of them for the moderation"
    assert len(events(here)) == 1001, "the new one joined; who left is told by the next complete list"


def test_a_list_that_breaks_off_proves_nothing(shelf: Any, new_forum: Any, post: Any) -> None:
    import httpx

    from sources.errors import Unreachable

    forum = new_forum([post(1)])
    forum.users = {n: user(n) for n in range(1, 301)}
    here = shelf("discourse")
    here.pull(OPTIONS, NOW, transport=forum.transport, secrets=KEY)
    forum.faults.append(lambda request: httpx.Response(502) if request.url.params.get("page") == "2" else None)
    with pytest.raises(Unreachable):
        here.pull(OPTIONS, NOW + timedelta(days=2), transport=forum.transport, secrets=KEY)
    assert not any(event[1] == "leave" for event in events(here))


def test_without_a_key_the_reason_says_what_to_do(shelf: Any, new_forum: Any, post: Any) -> None:
    here, forum = shelf("discourse"), new_forum([post(n) for n in range(1, 20)])
    here.pull(OPTIONS, NOW, transport=forum.transport)
    reason = next(row["reason"] for row in here.coverage if row["stream"] == "memberships")
    assert "api_key" in reason
    assert set(here.latest("accounts")) == {(n,) for n in range(1, 8)}
    assert not any(row["is_listed"] for row in here.latest("accounts").values())
    forum.users = {}
    here.pull(OPTIONS, NOW, transport=forum.transport, secrets={"api_key": "weak"})
    assert (
        "may not read the member list" in [row["reason"] for row in here.coverage if row["stream"] == "memberships"][-1]
    )


def test_check_names_what_the_key_cannot_see(shelf: Any, new_forum: Any, post: Any) -> None:
    here, forum = shelf("discourse"), new_forum([post(1)])

    def findings(**secrets: str) -> list[tuple[str, str]]:
        context = here.context(OPTIONS, NOW, transport=forum.transport, secrets=secrets)
        return [(finding.level, finding.text) for finding in here.connector.check(context)]

    assert [level for level, _ in findings()] == ["ok", "ok", "warning", "warning"]
    assert "may not read" in findings(api_key="weak")[-2][1]
    forum.users = {1: user(1)}
    assert {level for level, _ in findings(**KEY)} == {"ok"}
