"""The export has the shape of a genuine one, and the same bytes for the same community."""

from __future__ import annotations

import json
import re
import zipfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox import slack_export
from sandbox.community import Community
from sandbox.moments import micros

Archive = dict[str, Any]


@pytest.fixture(scope="module")
def archive(community: Community, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    path = slack_export.write(community, tmp_path_factory.mktemp("zip") / "export.zip")
    with zipfile.ZipFile(path) as opened:
        return {name: json.loads(opened.read(name)) for name in opened.namelist()}


def _messages(archive: Archive) -> list[tuple[str, dict[str, Any]]]:
    return [(name, row) for name, rows in archive.items() if "/" in name for row in rows]


def test_same_community_same_bytes(community: Community, tmp_path: Path) -> None:
    one, two = (slack_export.write(community, tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert one == two
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_files_are_named_by_channel_and_day(archive: Archive) -> None:
    channels = {row["name"] for row in archive["channels.json"]}
    for name, row in _messages(archive):
        folder, day = name.removesuffix(".json").split("/")
        assert folder in channels
        assert day == datetime.fromtimestamp(float(row["ts"]), UTC).date().isoformat()
        assert re.fullmatch(r"\d{10}\.\d{6}", row["ts"])


def test_shapes_of_a_genuine_export_occur(archive: Archive) -> None:
    rows = [row for _, row in _messages(archive)]
    subtypes = {row.get("subtype") for row in rows}
    assert subtypes >= {None, "channel_join", "channel_leave", "bot_message", "file_share", "thread_broadcast",
                        "tombstone", "channel_name", "channel_archive"}  # fmt: skip
    texts = "\n".join(row["text"] for row in rows)
    assert re.search(r"<@U\w+>", texts)
    assert re.search(r"<https://[^|>]+\|[^>]+>", texts)
    assert "&lt;" in texts or "&gt;" in texts
    assert any("edited" in row for row in rows)
    assert any("bot_id" in row and "user" not in row for row in rows)
    assert all(one["count"] == len(one["users"]) for row in rows for one in row.get("reactions", ()))
    users = {row["id"]: row for row in archive["users.json"]}
    assert any(row["deleted"] for row in users.values())
    assert {row["user"] for row in rows if "user" in row} <= users.keys()
    assert {user for row in archive["channels.json"] for user in row["members"]} <= users.keys()


def test_threads_add_up(archive: Archive) -> None:
    ids = {row["name"]: row["id"] for row in archive["channels.json"]}
    parents, replies = {}, defaultdict(list)
    for name, row in _messages(archive):
        channel = ids[name.split("/")[0]]
        if row.get("thread_ts", row["ts"]) == row["ts"]:
            parents[channel, row["ts"]] = row
        else:
            replies[channel, row["thread_ts"]].append(row["ts"])
    assert len(replies) > 20
    for key, row in parents.items():
        assert row.get("reply_count", 0) == len(replies[key])
        if replies[key]:
            assert row["latest_reply"] == max(replies[key])
    tombs = [row for row in parents.values() if row.get("subtype") == "tombstone"]
    assert tombs
    assert all(row["reply_count"] > 0 and row["user"] == "USLACKBOT" for row in tombs)


def test_outage_leaves_no_data(community: Community, archive: Archive) -> None:
    stamps = [int(row["ts"].replace(".", "")) for _, row in _messages(archive)]
    assert not [at for at in stamps if community.outage[0] <= at < community.outage[1]]
    assert [one for one in community.chat.messages if community.outage[0] <= one.at < community.outage[1]]


def test_earlier_export_knows_less(community: Community, tmp_path: Path) -> None:
    until = datetime(2025, 1, 1)
    path = slack_export.write(community, tmp_path / "early.zip", until=until)
    with zipfile.ZipFile(path) as opened:
        rows = [row for name in opened.namelist() if "/" in name for row in json.loads(opened.read(name))]
        channels = {row["name"] for row in json.loads(opened.read("channels.json"))}
        users = json.loads(opened.read("users.json"))
    assert max(int(row["ts"].replace(".", "")) for row in rows) < micros(until)
    edits = [row["edited"]["ts"] for row in rows if "edited" in row]
    assert max(int(ts.replace(".", "")) for ts in edits) <= micros(until)
    assert "north" in channels, "the channel was renamed later"
    assert len(users) < len(community.chat.users)
