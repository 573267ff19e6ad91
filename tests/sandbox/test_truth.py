"""The truth agrees with what the doubles serve, counted independently over HTTP and in the zip."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox import slack_export, truth
from sandbox.community import Community
from sandbox.discourse import serve

MOMENTS = [datetime(2024, 9, 1), datetime(2025, 9, 13), datetime(2026, 6, 29)]


@pytest.mark.parametrize("at", MOMENTS)
def test_forum_over_http_is_the_truth(
    community: Community, walk: Callable[..., list[dict[str, Any]]], at: datetime
) -> None:
    with serve(community, now=at) as forum:
        posts = walk(forum.base_url)
    expected = [a for a in truth.readable(truth.acts(community, at), at) if a.place == "forum"]
    regular = [a for a in expected if community.forum.posts[int(a.id)].kind == 1]
    assert sorted(p["id"] for p in posts) == sorted(int(a.id) for a in regular)
    kinds = Counter("system" if p["user_id"] < 0 else "post" if p["post_number"] == 1 else "comment" for p in posts)
    assert kinds == Counter(a.kind for a in regular)
    days: dict[tuple[str, str], set[date]] = {}
    for post in posts:
        if post["user_id"] > 0:
            days.setdefault(("forum", str(post["user_id"])), set()).add(date.fromisoformat(post["created_at"][:10]))
    assert days == truth.active_days(regular, "UTC")
    assert {str(p["id"]): str(p["topic_id"]) for p in posts} == {a.id: a.thread for a in regular}
    assert {str(p["id"]): str(p["category_id"]) for p in posts} == {a.id: a.channel for a in regular}


@pytest.mark.parametrize("at", MOMENTS)
def test_chat_in_the_zip_is_the_truth(community: Community, tmp_path: Path, at: datetime) -> None:
    rows = _rows(slack_export.write(community, tmp_path / "export.zip", until=at))
    expected = [a for a in truth.readable(truth.acts(community, at), at) if a.place == "chat"]
    told = [row for row in rows if row[1].get("subtype") != "tombstone"]
    assert sorted(f"{channel}/{row['ts']}" for channel, row in told) == sorted(a.id for a in expected)
    assert Counter(_kind(row) for _, row in told) == Counter(a.kind for a in expected)
    joins = Counter(row["subtype"] for _, row in told if row.get("subtype", "").startswith("channel_"))
    kept = Counter(
        f"channel_{e.event}" for e in truth.memberships(community, at) if e.place == "chat" and not e.is_lost
    )
    assert {name: joins[name] for name in kept} == kept
    reactions = Counter(
        (f"{channel}/{row['ts']}", one["name"], user)
        for channel, row in told
        for one in row.get("reactions", ())
        for user in one["users"]
    )
    assert reactions == Counter(truth.reactions(community, at))


def test_active_days_follow_the_time_zone(community: Community) -> None:
    acts = truth.acts(community)
    utc, kiritimati = truth.active_days(acts, "UTC"), truth.active_days(acts, "Pacific/Kiritimati")
    assert utc.keys() == kiritimati.keys()
    assert utc != kiritimati


def test_questions_are_those_with_a_question_mark(
    community: Community, walk: Callable[..., list[dict[str, Any]]]
) -> None:
    from sandbox.forum_fates import asks

    with serve(community) as forum:
        posts = walk(forum.base_url)
    opening = {str(p["id"]): asks(p["topic_title"], p["raw"]) for p in posts if p["post_number"] == 1}
    said = {a.id: a.is_question for a in truth.acts(community) if a.id in opening and a.place == "forum"}
    system = {str(p["id"]) for p in posts if p["user_id"] < 0}
    assert {k: v for k, v in said.items() if k not in system} == {k: v for k, v in opening.items() if k not in system}
    asked = truth.questions(community, truth.acts(community))
    unanswered = [q for q in asked if q.answered_at is None]
    assert 0.05 < len(unanswered) / len(asked) < 0.6
    assert all(q.answered_at > q.asked_at for q in asked if q.answered_at)


def test_roles_and_persons_cover_every_account(community: Community) -> None:
    roles = truth.roles(community)
    assert all((act.place, act.account) in roles for act in truth.acts(community))
    linked = [account for accounts in truth.persons(community).values() for account in accounts]
    assert len(linked) == len(set(linked))
    assert set(linked) <= roles.keys()


def _rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    with zipfile.ZipFile(path) as archive:
        ids = {row["name"]: row["id"] for row in json.loads(archive.read("channels.json"))}
        return [
            (ids[name.split("/")[0]], row)
            for name in archive.namelist()
            if "/" in name
            for row in json.loads(archive.read(name))
        ]


def _kind(row: dict[str, Any]) -> str:
    if row.get("subtype") in ("channel_join", "channel_leave", "channel_name", "channel_archive"):
        return "system"
    return "comment" if row.get("thread_ts", row["ts"]) != row["ts"] else "post"
