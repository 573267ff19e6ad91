"""Recorded exchanges with a real homeserver, replayed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "matrix" / "matrix-recorded.jsonl"
NOW = datetime(2026, 11, 22, 7)
OPTIONS = {"base_url": "http://localhost:8008"}
ADMIN, ANNA, BORIS = "@admin:localhost", "@anna:localhost", "@boris:localhost"


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[dict[str, Any]]]:
    if not RECORDED.exists():
        pytest.skip("the recorded homeserver is not here")
    found: dict[str, list[dict[str, Any]]] = {}
    for line in RECORDED.read_text(encoding="utf-8").splitlines():
        exchange = json.loads(line)
        found.setdefault(exchange["test"], []).append(exchange)
    return found


class Replay:
    """Answers by what was recorded; `later` is the next sync."""

    def __init__(self, recorded: dict[str, list[dict[str, Any]]]) -> None:
        self.recorded = recorded
        self.pages: dict[str | None, Any] = {}
        for exchange in recorded["messages_b"]:
            token = httpx.URL(exchange["request"]["uri"]).params.get("from")
            self.pages[token] = exchange["response"]["body"]
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, request.url.params
        if path.endswith("/whoami"):
            return httpx.Response(200, json={"user_id": ADMIN})
        if path.endswith("/joined_members"):
            return httpx.Response(200, json=self.recorded["joined_members"][0]["response"]["body"])
        if path.endswith("/sync"):
            name = "sync_incremental" if "since" in query else "sync_initial"
            return httpx.Response(200, json=self.recorded[name][0]["response"]["body"])
        if query["from"] not in self.pages:  # the first page was recorded without a token
            return httpx.Response(200, json=self.pages[None])
        return httpx.Response(200, json=self.pages[query["from"]])


def test_recorded_pages_land(shelf: Any, recorded: Any) -> None:
    here, replay = shelf("matrix"), Replay(recorded)
    given = {"secrets": {"access_token": "t"}, "transport": replay.transport}
    result = here.pull(OPTIONS, NOW, **given)
    assert result.requests == 2 + 6
    assert not here.rejected
    messages = here.latest("messages")
    bodies = [row["body"] for row in messages.values()]
    assert {"hello", "hello2", "in thread", "in thread again", "boris: look", "message 5"} <= set(bodies)
    assert [row["user_ids"] for row in messages.values() if row["body"] == "boris: look"] == [[BORIS]]
    edits = [row for row in messages.values() if row["rel_type"] == "m.replace"]
    assert [row["body"] for row in edits] == ["hello2"]
    deleted = [row for row in messages.values() if row["deleted_at"]]
    assert [(row["sender"], row["body"]) for row in deleted] == [(BORIS, None)]
    again = next(row for row in messages.values() if row["body"] == "in thread again")
    assert again["is_falling_back"]
    assert [(row["sender"], row["reaction"]) for row in here.latest("reactions").values()] == [(BORIS, "👍")]
    rows = sorted(here.latest("memberships").values(), key=lambda row: row["occurred_at"])
    assert [(row["account_id"], row["event"]) for row in rows] == [
        *((ADMIN, "join"), (ANNA, "join"), (BORIS, "join"), (ANNA, "leave"), (ANNA, "join")),
        *((BORIS, "kick"), (BORIS, "ban")),
    ]
    assert {row["action"] for row in here.latest("moderation").values()} == {"kick", "ban", "redaction"}
    room = next(iter(here.latest("channels").values()))
    assert (room["name"], room["replacement_room"]) == ("t", None)
    assert {row["observed_to"] for row in here.coverage} == {NOW}


def test_the_recorded_increment_adds_what_is_new(shelf: Any, recorded: Any) -> None:
    here, replay = shelf("matrix"), Replay(recorded)
    given = {"secrets": {"access_token": "t"}, "transport": replay.transport}
    here.pull(OPTIONS, NOW, **given)
    size = here.size()
    assert here.pull(OPTIONS, NOW, **given).requests == 2
    assert here.size() == size + 1
    assert "later" in {row["body"] for row in here.latest("messages").values()}
