"""Slack exports: the genuine one counted independently, re-exports compared, damage quarantined, bombs refused."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sources.errors import BadFile, NotFound

NOW = datetime(2024, 6, 1)
USERS = [{"id": "U1", "name": "ann", "profile": {"email": " Ann@X.org "}}, {"id": "U2", "name": "bob", "updated": 0}]
CHANNELS = [{"id": "C1", "name": "general", "members": ["U1", "U2"], "created": 1500000000}]


def message(ts: str, user: str = "U1", **given: Any) -> dict[str, Any]:
    return {"type": "message", "ts": ts, "user": user, "text": "hello", **given}


def export(path: Path, days: dict[str, Any], **lists: Any) -> Path:
    files = {"users.json": USERS, "channels.json": CHANNELS} | {f"{name}.json": value for name, value in lists.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, **days}.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def test_the_genuine_export_equals_an_independent_count(shelf: Any, houston: Path) -> None:
    here = shelf("slack_export", "chat")
    result = here.pull({"path": houston}, NOW)
    with zipfile.ZipFile(houston) as archive:
        days = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".json")]
        found = [(name.split("/")[0], item) for name in days for item in json.loads(archive.read(name))]
        users = json.loads(archive.read("users.json"))
    messages = here.latest("messages")
    assert len(messages) == len(found) == 833
    assert {key[0] for key in here.latest("accounts")} >= {user["id"] for user in users}
    subtypes = [item.get("subtype") for _, item in found]
    events = [row["event"] for row in here.latest("memberships").values()]
    assert events.count("join") == subtypes.count("channel_join") == 213
    assert events.count("leave") == subtypes.count("channel_leave") == 3
    reacted = sum(len(r["users"]) for _, item in found for r in item.get("reactions", []))
    assert len(here.latest("reactions")) == reacted
    assert sum(row["edited_at"] is not None for row in messages.values()) == sum("edited" in item for _, item in found)
    commented = [item["comment"]["user"] for _, item in found if item.get("subtype") == "file_comment"]
    assert commented
    assert all(row["user"] for row in messages.values() if row["subtype"] == "file_comment")
    assert result.rejected == 0
    times = sorted(float(item["ts"]) for _, item in found)
    covered = next(row for row in here.coverage if row["stream"] == "messages" and not row["reason"])
    assert abs((covered["observed_to"] - datetime(1970, 1, 1)).total_seconds() - times[-1]) < 0.001


def test_the_same_file_is_not_read_twice(shelf: Any, tmp_path: Path) -> None:
    path = export(tmp_path / "e.zip", {"general/2024-01-01.json": [message("1704100000.000100")]})
    here = shelf("slack_export", "chat")
    here.pull({"path": path}, NOW)
    again = here.pull({"path": path}, NOW)
    assert again.pages == 0
    assert "not changed" in again.notes[0]


def test_what_a_new_export_lacks_is_gone(shelf: Any, tmp_path: Path) -> None:
    like = {"name": "wave", "users": ["U1", "U2"], "count": 2}
    first = [message("1704100000.000100"), message("1704100001.000100", reactions=[like]), message("1704100009.000100")]
    old = {"general/2023-12-01.json": [message("1701400000.000100")], "general/2024-01-01.json": first}
    here = shelf("slack_export", "chat")
    here.pull({"path": export(tmp_path / "a.zip", old)}, NOW)
    second = [first[0] | {"text": "edited", "edited": {"user": "U1", "ts": "1704100100.000000"}}]
    second += [first[1] | {"reactions": [like | {"users": ["U2"], "count": 1}]}, message("1704100010.000100")]
    second[1:1] = []
    here.pull({"path": export(tmp_path / "b.zip", {"general/2024-01-01.json": second})}, NOW)
    latest = here.latest("messages")
    assert latest["C1", "1704100009.000100"]["is_tombstone"]
    assert latest["C1", "1704100009.000100"]["deleted_at"] == NOW
    assert latest["C1", "1704100000.000100"]["text"] == "edited"
    assert not latest["C1", "1701400000.000100"]["is_tombstone"], "before the new export begins nothing is known"
    reactions = {key[3]: row["is_removed"] for key, row in here.latest("reactions").items()}
    assert reactions == {"U1": True, "U2": False}
    third = [row | {"reactions": [like | {"users": ["U1"], "count": 9}]} for row in second if "reactions" in row]
    here.pull({"path": export(tmp_path / "c.zip", {"general/2024-01-01.json": third})}, NOW)
    reactions = {key[3]: row["is_removed"] for key, row in here.latest("reactions").items()}
    assert reactions == {"U1": False, "U2": False}, "of nine people one is named: the others may be there still"
    size = here.size()
    here.pull({"path": tmp_path / "c.zip"}, NOW, full=True)
    assert here.size() == size, "reading again changes nothing"


def test_authors_are_resolved(shelf: Any, tmp_path: Path) -> None:
    days = [
        message("1704100000.000100", None, bot_id="B1", username="irc-ann", subtype="bot_message"),
        message("1704100001.000100", None, bot_id="B2", username="cron", subtype="bot_message"),
        message("1704100002.000100", None, subtype="file_comment", comment={"user": "U2"}),
        message("1704100003.000100", "U9", user_profile={"name": "guest", "real_name": "Guest"}),
    ]
    here = shelf("slack_export", "chat")
    path = export(tmp_path / "e.zip", {"general/2024-01-01.json": days})
    here.pull({"path": path, "bridge_bots": ["B1"]}, NOW)
    assert [row["user"] for row in here.latest("messages").values()] == ["B1/irc-ann", "B2", "U2", "U9"]
    accounts = here.latest("accounts")
    assert accounts["B1/irc-ann",]["is_bot"] is False
    assert accounts["B1/irc-ann",]["display_name"] == "irc-ann"
    assert accounts["B2",]["is_bot"] is True
    assert accounts["U9",]["name"] == "guest"
    assert accounts["U1",]["email_hash"] == hashlib.sha256(b"ann@x.org").hexdigest()


def test_a_corrupt_file_is_set_aside_and_the_rest_is_read(shelf: Any, tmp_path: Path) -> None:
    good = [message("1704100000.000100")]
    here = shelf("slack_export", "chat")
    days = {"general/2024-01-01.json": good, "general/2024-01-02.json": b'[{"ts": "170418'}
    result = here.pull({"path": export(tmp_path / "e.zip", days)}, NOW)
    assert len(here.latest("messages")) == 1
    assert result.rejected == 1
    assert "general/2024-01-02.json" in here.rejected[0]["reason"]
    assert any("general/2024-01-02.json" in (row["reason"] or "") for row in here.coverage)


def test_a_damaged_file_proves_no_deletion(shelf: Any, tmp_path: Path) -> None:
    here = shelf("slack_export", "chat")
    day = [message("1704100000.000100"), message("1704200000.000100")]
    other = [message("1704300000.000100")]
    here.pull(
        {"path": export(tmp_path / "a.zip", {"general/2024-01-01.json": day, "general/2024-01-03.json": other})}, NOW
    )
    days = {"general/2024-01-01.json": b"{", "general/2023-12-01.json": [message("1701400000.000100")]}
    here.pull({"path": export(tmp_path / "b.zip", {**days, "general/2024-01-03.json": other})}, NOW)
    assert not any(row["is_tombstone"] for row in here.latest("messages").values())


def test_a_zip_that_is_no_export_is_one_line(shelf: Any, tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hi")
    with pytest.raises(BadFile, match="no Slack export") as error:
        shelf("slack_export", "chat").pull({"path": path}, NOW)
    assert "\n" not in str(error.value)
    (tmp_path / "x.zip").write_bytes(b"no zip at all")
    with pytest.raises(BadFile, match="no zip file"):
        shelf("slack_export", "chat").pull({"path": tmp_path / "x.zip"}, NOW)
    with pytest.raises(NotFound, match="no such file"):
        shelf("slack_export", "chat").pull({"path": tmp_path / "none.zip"}, NOW)


def test_a_bomb_a_link_and_a_way_out_are_refused(shelf: Any, tmp_path: Path) -> None:
    bomb = export(tmp_path / "bomb.zip", {"general/2024-01-01.json": b"[" + b" " * 30_000_000 + b"]"})
    with pytest.raises(BadFile, match="expands more than"):
        shelf("slack_export", "chat").pull({"path": bomb}, NOW)
    escape = export(tmp_path / "escape.zip", {"../../evil.json": []})
    with pytest.raises(BadFile, match="leads out"):
        shelf("slack_export", "chat").pull({"path": escape}, NOW)
    link = zipfile.ZipInfo("general/2024-01-01.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(export(tmp_path / "link.zip", {}), "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadFile, match="link"):
        shelf("slack_export", "chat").pull({"path": tmp_path / "link.zip"}, NOW)
    fine = export(tmp_path / "fine.zip", {"general/2024-01-01.json": [message("1704100000.000100")]})
    with pytest.raises(BadFile, match="allowed"):
        shelf("slack_export", "chat").pull({"path": fine, "max_total_bytes": 100}, NOW)


def test_a_folder_is_read_like_its_zip(shelf: Any, tmp_path: Path) -> None:
    path = export(
        tmp_path / "e.zip", {"general/2024-01-01.json": [message("1704100000.000100", "=cmd()|'/c calc'!A0")]}
    )
    folder = tmp_path / "folder" / "inside"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    (folder / "general" / "2024-01-02.json").symlink_to("/etc/passwd")
    zipped, unpacked = shelf("slack_export", "chat"), shelf("slack_export", "chat")
    zipped.pull({"path": path}, NOW)
    unpacked.pull({"path": tmp_path / "folder"}, NOW)
    assert not unpacked.rejected, "a link is passed over"
    for stream in ("accounts", "channels", "messages", "counts"):
        assert zipped.latest(stream) == unpacked.latest(stream)


def test_a_deleted_opener_is_a_tombstone_said_once(shelf: Any, tmp_path: Path) -> None:
    gone = message("1704100000.000100", "USLACKBOT", subtype="tombstone", text="This message was deleted.")
    here = shelf("slack_export", "chat")
    days = {"general/2024-01-01.json": [gone, message("1704100001.000100")]}
    here.pull({"path": export(tmp_path / "a.zip", days)}, NOW)
    here.pull({"path": export(tmp_path / "b.zip", days, dms=[])}, datetime(2024, 7, 1))
    rows = here.versions["messages"]["C1", "1704100000.000100"]
    assert [row["is_tombstone"] for row in rows] == [True]
