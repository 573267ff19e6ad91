"""Recorded exchanges with real servers, replayed by address, session by session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sources.errors import BadAnswer, NotFound, Unauthorized
from tests.sources.recordings import Session, sessions

RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "mastodon" / "mastodon-cassettes.jsonl.gz"
HOME = "http://localhost:3000"
NOW = datetime(2026, 8, 3)


@pytest.fixture(scope="module")
def recorded() -> dict[str, Session]:
    return sessions(RECORDED)


class Replay(httpx.BaseTransport):
    """One session's GETs by path and parameters (paging and filters; the size of a page is the recorder's)."""

    def __init__(self, session: Session, *, moved_to: str = HOME) -> None:
        self.answers: dict[Any, dict[str, Any]] = {}
        self.asked: list[httpx.URL] = []
        self.moved_to = moved_to
        for exchange in session:
            if exchange["request"]["method"] == "GET":
                self.answers[_key(httpx.URL(exchange["request"]["uri"]))] = exchange["response"]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        if request.url.path == "/api/v1/instance":
            return httpx.Response(200, json={"version": "4.6.4"})
        answer = self.answers.get(_key(request.url))
        if answer is None:
            # what no session holds: details of a status, or the page after the recorder's last
            is_list = "max_id" in request.url.params or request.url.path.endswith("favourited_by")
            return httpx.Response(200, json=[]) if is_list else httpx.Response(404, json={"error": "Record not found"})
        headers = {name: value.replace(HOME, self.moved_to) for name, value in answer["headers"].items()}
        return httpx.Response(answer["status"], headers=headers, json=answer["body"])


def _key(url: httpx.URL) -> tuple[str, ...]:
    kept = [f"{name}={value}" for name, value in url.params.multi_items() if name in ("max_id", "min_id", "id[]")]
    return (url.path.rstrip("/"), *sorted(kept))


def counted(session: Session, path: str) -> set[str]:
    """Distinct ids of what a session's pages of a list show, reblogged statuses too, counted without our code."""
    ids = set[str]()
    for exchange in session:
        url, body = exchange["request"]["uri"], exchange["response"]["body"]
        if exchange["request"]["method"] == "GET" and f"/api/v1/{path}" in url and isinstance(body, list):
            for one in body:
                if one["visibility"] != "direct":  # private messages are left where they are
                    ids |= {one["id"]} | ({one["reblog"]["id"]} if one.get("reblog") else set())
    return ids


@pytest.fixture
def replay(shelf: Any, recorded: dict[str, Session]) -> Callable[..., Any]:
    """Pulls a session's timeline into a shelf."""

    def run(name: str, timeline: str, *, secrets: Any = None, **options: Any) -> tuple[Any, Replay]:
        here, transport = shelf("mastodon"), Replay(recorded[name])
        given = {"base_url": HOME, "timelines": [timeline]} | options
        here.pull(given, NOW, transport=transport, secrets=secrets or {})
        return here, transport

    return run


TAG, ACCOUNT = "tag/tag_dd22b6", "accounts/117020565966271181/statuses"


@pytest.mark.parametrize(
    ("name", "timeline", "path"),
    [
        ("test_fetch_remaining", TAG, "timelines/tag/tag_dd22b6"),
        ("test_pagination_iterator", TAG, "timelines/tag/tag_dd22b6"),
        ("test_hashtag_tl", "tag/tag_d18836", "timelines/tag/tag_d18836"),
        ("test_home_tl", "home", "timelines/home"),
        ("test_list_timeline", "list/6", "timelines/list/6"),
        ("test_public_tl", "public", "timelines/public"),
        ("test_public_tl", "local", "timelines/public"),
        ("test_public_tl_anonymous", "public", "timelines/public"),
        ("test_timeline_disabled", "local", "timelines/public"),
    ],
)
def test_a_session_lands_every_status_it_shows(
    replay: Callable[..., Any], recorded: dict[str, Session], name: str, timeline: str, path: str
) -> None:
    here, transport = replay(name, timeline)
    expected = counted(recorded[name], path)
    assert {key for (key,) in here.latest("messages")} == expected
    assert not here.rejected
    assert expected or name == "test_public_tl_anonymous"
    authors = {row["account_id"] for row in here.latest("messages").values()}
    assert authors <= {key for (key,) in here.latest("accounts")}
    assert {url.host for url in transport.asked} == {"localhost"}


def test_links_are_followed_to_the_last_page(replay: Callable[..., Any], recorded: dict[str, Session]) -> None:
    here, transport = replay("test_fetch_remaining", TAG)
    pages = [url.params.get("max_id") for url in transport.asked if "timelines" in url.path]
    recorded_pages = [
        httpx.URL(exchange["request"]["uri"]).params.get("max_id")
        for exchange in recorded["test_fetch_remaining"]
        if "timelines/tag" in exchange["request"]["uri"]
    ]
    assert pages == list(dict.fromkeys(recorded_pages))
    assert here.state["timelines"][TAG] == {"mark": max(key for (key,) in here.latest("messages"))}


def test_a_link_to_another_origin_is_not_followed(shelf: Any, recorded: dict[str, Session]) -> None:
    here, transport = shelf("mastodon"), Replay(recorded["test_fetch_remaining"], moved_to="https://elsewhere.example")
    with pytest.raises(BadAnswer, match=r"a link leads to https://elsewhere\.example"):
        here.pull({"base_url": HOME, "timelines": [TAG]}, NOW, transport=transport)
    assert {url.host for url in transport.asked} == {"localhost"}
    assert here.latest("messages"), "what was read before is kept"


def test_an_accounts_statuses_page_by_page(shelf: Any, recorded: dict[str, Session]) -> None:
    for name in ("test_fetch_next_previous", "test_fetch_next_previous_from_pagination_info"):
        here, transport = shelf("mastodon"), Replay(recorded[name])
        looked_up = {"status": 200, "headers": {}, "body": {"id": "117020565966271181", "acct": "u_cc5aa6"}}
        transport.answers[("/api/v1/accounts/lookup",)] = looked_up
        here.pull({"base_url": HOME, "timelines": ["account/u_cc5aa6"]}, NOW, transport=transport)
        assert {key for (key,) in here.latest("messages")} == counted(recorded[name], ACCOUNT)


def test_every_single_status_becomes_a_message_or_is_rejected(shelf: Any, recorded: dict[str, Session]) -> None:
    """All statuses of all sessions, however they were answered, through the look-back's door."""
    statuses: dict[str, Any] = {}
    for exchange in (exchange for session in recorded.values() for exchange in session):
        body = exchange["response"]["body"]
        for one in body if isinstance(body, list) else [body]:
            if isinstance(one, dict) and "content" in one and "account" in one and "visibility" in one:
                statuses[one["id"]] = one
    session = [_get("timelines/public", sorted(statuses.values(), key=lambda one: one["id"], reverse=True))]
    here = shelf("mastodon")
    here.pull({"base_url": HOME}, NOW, transport=Replay(session))
    wanted = [one for one in statuses.values() if one["visibility"] != "direct"]
    nested = [one["reblog"] for one in wanted if one["reblog"]]
    assert {key for (key,) in here.latest("messages")} == {one["id"] for one in [*wanted, *nested]}
    assert not here.rejected
    direct = {one["id"] for one in statuses.values() if one["visibility"] == "direct"}
    assert direct
    assert not direct & {key for (key,) in here.latest("messages")}


def _get(path: str, body: Any) -> dict[str, Any]:
    request = {"method": "GET", "uri": f"{HOME}/api/v1/{path}"}
    return {"request": request, "response": {"status": 200, "headers": {}, "body": body}}


def test_who_favoured_is_read(shelf: Any, recorded: dict[str, Session]) -> None:
    session = recorded["test_status_favourited_by"]
    status = session[0]["response"]["body"] | {"favourites_count": 1}
    here = shelf("mastodon")
    here.pull({"base_url": HOME}, NOW, transport=Replay([*session, _get("timelines/public", [status])]))
    people = [one["id"] for one in session[2]["response"]["body"]]
    assert [(row["message_id"], row["account_id"]) for row in here.latest("reactions").values()] == [
        (status["id"], who) for who in people
    ]


def test_sign_ups_told_to_a_moderator_are_exact(shelf: Any, recorded: dict[str, Session]) -> None:
    session = recorded["test_notification_requests_accept"]
    notified = next(one for one in session if one["request"]["uri"].endswith("/api/v1/notifications"))
    me = {"id": "1", "acct": "me", "followers_count": 0}
    given = [_get("accounts/verify_credentials", me), _get("accounts/1/followers", []), _get("timelines/public", [])]
    here = shelf("mastodon")
    here.pull({"base_url": HOME}, NOW, transport=Replay([*given, notified]), secrets={"access_token": "t"})
    rows = [
        (row["account_id"], row["scope"], row["event"], row["is_exact"]) for row in here.latest("memberships").values()
    ]
    people = [one["account"]["id"] for one in notified["response"]["body"] if one["type"] == "admin.sign_up"]
    assert sorted(rows) == sorted((who, "community", "join", True) for who in people)
    assert len(people) == 3


@pytest.mark.parametrize(
    ("name", "timeline", "kind", "says"),
    [
        ("test_home_tl_anonymous_throws", "home", Unauthorized, "set access_token"),
        ("test_unauthed_home_tl_throws", "home", Unauthorized, "set access_token"),
        ("test_timeline_link_fails", "list/nowhere", NotFound, "take it out of `timelines`"),
    ],
)
def test_recorded_errors_are_one_line_with_a_cure(
    replay: Callable[..., Any], name: str, timeline: str, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says) as raised:
        replay(name, timeline)
    assert "\n" not in str(raised.value)


def test_a_status_recorded_as_missing_becomes_a_tombstone(shelf: Any, recorded: dict[str, Session]) -> None:
    here = shelf("mastodon")
    status = recorded["test_status"][0]["response"]["body"] | {"id": "7"}
    here.pull({"base_url": HOME}, NOW, transport=Replay([_get("timelines/public", [status])]))
    missing = recorded["test_status_missing"][0]
    gone = {**missing, "request": {"method": "GET", "uri": f"{HOME}/api/v1/statuses/7"}}
    here.pull({"base_url": HOME}, datetime(2026, 8, 4), transport=Replay([gone, _get("timelines/public", [])]))
    assert here.latest("messages")["7",]["is_tombstone"]
