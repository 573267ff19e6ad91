"""The Slack double pages to a last page, moves with its clock, keeps limits by method and fails as ordered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.community import Community
from sandbox.faults import Limit
from sandbox.moments import moment, slack_ts
from sandbox.slack_api import serve

AUTH = {"Authorization": "Bearer xoxb-lantern"}


def ask(client: httpx.Client, double: Any, method: str, **params: Any) -> Any:
    return client.get(f"{double.base_url}/api/{method}", params=params, headers=AUTH).json()


def walk(client: httpx.Client, double: Any, method: str, name: str, **params: Any) -> list[Any]:
    found, cursor = [], ""
    while True:
        page = ask(client, double, method, cursor=cursor, **params)
        found += page[name]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            return found


def test_pages_hold_every_message_once_newest_first(community: Community, client: httpx.Client) -> None:
    with serve(community) as double:
        for channel in community.chat.channels:
            shown = walk(client, double, "conversations.history", "messages", channel=channel, limit=50)
            times = [one["ts"] for one in shown]
            assert times == sorted(set(times), reverse=True)
            written = [one for one in community.chat.messages if one.channel == channel and one.deleted_at is None]
            outside = {slack_ts(one.at) for one in written if one.thread is None or one.subtype == "thread_broadcast"}
            assert outside <= set(times)


def test_a_thread_is_whole_and_says_so_in_its_opener(community: Community, client: httpx.Client) -> None:
    with serve(community) as double:
        channel = next(iter(community.chat.channels))
        shown = walk(client, double, "conversations.history", "messages", channel=channel, limit=999)
        for opener in [one for one in shown if one.get("reply_count")][:10]:
            thread = walk(
                client, double, "conversations.replies", "messages", channel=channel, ts=opener["ts"], limit=2
            )
            replies = [one for one in thread if one["ts"] != opener["ts"]]
            assert len(replies) == opener["reply_count"]
            assert max(one["ts"] for one in replies) == opener["latest_reply"]


def test_the_clock_shows_edits_and_deletions_when_they_happen(community: Community, client: httpx.Client) -> None:
    lost = next(one for one in community.chat.messages if one.deleted_at is not None and one.thread is None)
    edited = next(one for one in community.chat.messages if one.edits and one.thread is None and not one.deleted_at)

    def shown(double: Any, one: Any) -> Any:
        page = ask(client, double, "conversations.history", channel=one.channel, latest=slack_ts(one.at), inclusive=1)
        return next((found for found in page["messages"] if found["ts"] == slack_ts(one.at)), None)

    with serve(community, now=moment(edited.at)) as double:
        assert "edited" not in shown(double, edited)
        double.now = moment(edited.edits[-1][0])
        assert shown(double, edited)["text"] == edited.edits[-1][1]
        double.now = moment(lost.at)
        assert shown(double, lost)
        double.now = moment(lost.deleted_at or 0)
        found = shown(double, lost)
        assert found is None or found["subtype"] == "tombstone"


def test_limits_are_kept_by_method(community: Community, client: httpx.Client) -> None:
    time = [0.0]
    limits = {"users.list": Limit(1, 60.0, clock=lambda: time[0])}
    with serve(community, limits=limits) as double:
        url = f"{double.base_url}/api/users.list"
        assert client.get(url, headers=AUTH).status_code == 200
        refused = client.get(url, headers=AUTH)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        assert refused.json() == {"ok": False, "error": "ratelimited"}
        assert ask(client, double, "conversations.list")["ok"]
        time[0] = 60.0
        assert client.get(url, headers=AUTH).status_code == 200


def test_a_free_plan_hides_what_is_old(community: Community, client: httpx.Client) -> None:
    with serve(community, hidden_after=timedelta(days=90)) as double:
        channel = next(iter(community.chat.channels))
        page = ask(client, double, "conversations.history", channel=channel, limit=999)
        assert page["is_limited"]
        oldest = min(float(one["ts"]) for one in page["messages"])
        assert datetime.fromtimestamp(oldest) > double.now - timedelta(days=91)


def test_outside_a_channel_nothing_is_read(community: Community, client: httpx.Client) -> None:
    channel = next(iter(community.chat.channels))
    with serve(community, outside=[channel]) as double:
        assert ask(client, double, "conversations.history", channel=channel)["error"] == "not_in_channel"
        listed = ask(client, double, "conversations.list", limit=999)["channels"]
        assert [one["id"] for one in listed if not one["is_member"]] == [channel]


@pytest.mark.parametrize("method", ["conversations.history", "users.list"])
def test_endless_pages_to_order(community: Community, client: httpx.Client, method: str) -> None:
    with serve(community) as double:
        double.faults.add("endless", times=-1)
        channel, cursor, seen = next(iter(community.chat.channels)), "", set[str]()
        for _ in range(30):
            cursor = ask(client, double, method, channel=channel, cursor=cursor)["response_metadata"]["next_cursor"]
            assert cursor
            assert cursor not in seen
            seen.add(cursor)
