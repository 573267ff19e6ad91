"""What only Telegram's exports do: names without ids, a clock without a zone, what is private, what is no export."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram_export import Group, large
from sources.errors import BadFile, SourceError
from sources.telegram_export.export import Present

NOW = datetime(2024, 6, 1)
AT = datetime(2024, 3, 1, 12)
Write = Callable[[Any], dict[str, Any]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(content: Any) -> dict[str, Any]:
        text = content if isinstance(content, (bytes, str)) else json.dumps(content)
        (tmp_path / "result.json").write_bytes(text if isinstance(text, bytes) else text.encode())
        return {"path": tmp_path / "result.json"}

    return to_file


def group(*messages: dict[str, Any], **chat: Any) -> dict[str, Any]:
    dated = {"date": "2024-03-01T14:00:00", "date_unixtime": "1709294400"}
    given = [{"id": number, "type": "message", **dated, **message} for number, message in enumerate(messages, 1)]
    return {"name": "Lanterns", "type": "private_supergroup", "id": 7, "messages": given} | chat


def row(shelf: Any, number: int) -> Any:
    return shelf.latest("messages")["7", number]


def test_members_named_by_name_alone_are_found_where_the_name_is_theirs_alone(shelf: Any, write: Write) -> None:
    anna, boris = {"from": "Anna", "from_id": "user1"}, {"from": "Boris", "from_id": "user2"}
    notice = {"type": "service", "actor": "Anna", "actor_id": "user1"}
    told = group(
        anna | {"text": "hi"},
        boris | {"text": "hi"},
        {"from": "Vera", "from_id": "user3", "text": "1"},
        {"from": "Vera", "from_id": "user4", "text": "2"},
        notice | {"action": "invite_members", "members": ["Boris", "Vera", "Silent One", None]},
        notice | {"action": "remove_members", "members": ["Boris", "Anna"]},
    )
    here = shelf("telegram_export")
    here.pull(write(told), NOW)
    found = [(r["account_id"], r["event"], r["actor_id"]) for r in here.latest("memberships").values()]
    ids = [account for account, *_ in found]
    assert found[0] == ("user2", "join", "user1")
    assert found[4:] == [("user2", "kick", "user1"), ("user1", "leave", "user1")]
    unknown = ids[1:4]
    assert all(one.startswith("name") and "Silent" not in one for one in unknown)
    assert len(set(unknown)) == 3
    # once they write, the same event is theirs
    told["messages"].append({**told["messages"][0], "id": 9, "from": "Silent One", "from_id": "user9"})
    here.pull(write(told), NOW)
    assert here.latest("memberships")["7", 5, 2]["account_id"] == "user9"


def test_reactions_are_dated_by_the_clock_of_the_export(shelf: Any, write: Write) -> None:
    # two hours ahead in winter, three in summer
    winter = {"date": "2024-03-01T14:00:00", "date_unixtime": "1709294400"}
    summer = {"date": "2024-05-01T15:00:00", "date_unixtime": "1714564800"}
    recent = [
        {"from": "B", "from_id": "user2", "date": "2024-03-01T15:00:00"},
        {"from": "C", "from_id": "user3", "date": "2024-05-02T15:00:00"},
    ]
    reaction = {"type": "emoji", "count": 12, "emoji": "👍", "recent": recent}
    paid = {"type": "paid", "count": 3}
    here = shelf("telegram_export")
    messages = ({**winter, "from_id": "user1", "text": "a", "reactions": [reaction, paid]}, {**summer, "text": "b"})
    here.pull(write(group(*messages)), NOW)
    dated = {r["from_id"]: r["occurred_at"] for r in here.latest("reactions").values()}
    assert dated == {"user2": datetime(2024, 3, 1, 13), "user3": datetime(2024, 5, 2, 12)}
    counted = {r["metric"]: r["value"] for r in here.latest("counts").values()}
    assert counted == {"reaction:👍": 12, "reaction:paid": 3}


def test_of_an_account_only_groups_and_channels_are_read(shelf: Any, write: Write) -> None:
    private = group({"from_id": "user1", "text": "a secret"}, type="personal_chat", id=8)
    left = group({"from_id": "user1", "text": "was here"}, type="public_channel", id=9)
    account = {
        "about": "…",
        "personal_information": {"first_name": "A"},
        "chats": {"about": "", "list": [private, group({"from_id": "user1", "text": "in the open"})]},
        "left_chats": {"about": "", "list": [left]},
    }
    here = shelf("telegram_export")
    here.pull(write(account), NOW)
    assert sorted(r["text"] for r in here.latest("messages").values()) == ["in the open", "was here"]
    assert "a secret" not in repr(here.versions)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b'{"name": "x", "type": "private_group", "id": 1, "messages": [{"id"', "damaged"),
        (b"[1, 2]", "no Telegram export"),
        ({"users": []}, "neither messages nor chats"),
        (group({"text": "a"}, type="personal_chat"), "direct conversation"),
    ],
)
def test_what_is_no_export_is_one_line(shelf: Any, write: Write, content: Any, problem: str) -> None:
    options = write(content)
    here = shelf("telegram_export")
    with pytest.raises(BadFile, match=problem) as error:
        here.pull(options, NOW)
    assert "\n" not in str(error.value)
    assert "machine-readable JSON" in str(error.value)
    [finding] = here.connector.check(here.context(options, NOW))
    assert finding.level == "error"


def test_a_missing_or_too_large_file_is_one_line(shelf: Any, write: Write, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        shelf("telegram_export").pull({"path": tmp_path / "none.json"}, NOW)
    with pytest.raises(BadFile, match="raise max_file_bytes"):
        shelf("telegram_export").pull(write(group({"text": "a"})) | {"max_file_bytes": 10}, NOW)


def test_what_breaks_the_shape_is_set_aside_and_the_rest_lands(shelf: Any, write: Write) -> None:
    told = group({"from_id": "user1", "text": "fine"}, {"id": "two"}, {"date_unixtime": None, "text": "undated"})
    told["messages"].append(17)
    here = shelf("telegram_export")
    result = here.pull(write(told), NOW)
    assert [r["text"] for r in here.latest("messages").values()] == ["fine"]
    assert result.rejected == 3 == len(here.rejected)


def test_half_an_emoji_does_not_cost_the_file(shelf: Any, write: Write) -> None:
    text = json.dumps(group({"from_id": "user1", "text": "ok"}, {"from_id": "user1", "text": "HALF"}))
    here = shelf("telegram_export")
    here.pull(write(text.replace("HALF", "\\ud83d half")), NOW)
    assert row(here, 1)["text"] == "ok"
    assert row(here, 2)["text"].endswith("half")


def test_code_and_quotes_are_not_the_authors_question(shelf: Any, write: Write) -> None:
    parts = [
        {"type": "blockquote", "text": "why?"},
        "\nlook at ",
        {"type": "code", "text": "a?b"},
        {"type": "mention_name", "text": "Boris", "user_id": 2},
        {"type": "text_link", "text": "here", "href": "https://example.org/"},
    ]
    here = shelf("telegram_export")
    here.pull(write(group({"from_id": "user1", "text": parts}, {"from_id": "user1", "text": ["why", "?"]})), NOW)
    assert (row(here, 1)["has_question"], row(here, 2)["has_question"]) == (False, True)
    assert row(here, 1)["mentioned"] == ["user2"]
    assert row(here, 1)["links_count"] == 1


def test_an_export_of_ones_own_messages_deletes_nobody_elses(shelf: Any, tmp_path: Path) -> None:
    chat, here = Group(), shelf("telegram_export")
    numbers = [chat.message(who, "hello", AT) for who in ("anna", "boris", "anna", "boris", "anna")]
    here.pull({"path": chat.write(tmp_path / "all.json")}, NOW)
    for number in numbers[1::2]:
        del chat.messages[number]
    result = here.pull({"path": chat.write(tmp_path / "own.json")}, NOW)
    assert not [r for r in here.latest("messages").values() if r["is_tombstone"]]
    assert "messages of one account only" in result.notes[0]


def test_a_part_of_the_time_says_nothing_of_the_rest(shelf: Any, tmp_path: Path) -> None:
    chat, here = Group(), shelf("telegram_export")
    for number in range(10):
        chat.message(f"member {number % 3}", "hello", AT)
    here.pull({"path": chat.write(tmp_path / "all.json")}, NOW)
    for number in (1, 2, 5, 10):
        del chat.messages[number]
    here.pull({"path": chat.write(tmp_path / "part.json")}, NOW)
    gone = [key[1] for key, r in here.latest("messages").items() if r["is_tombstone"]]
    assert gone == [5]


def test_a_deleted_account_has_no_name(shelf: Any, tmp_path: Path) -> None:
    chat, here = Group(), shelf("telegram_export")
    chat.message("anna", "hello", AT)
    chat.rename("anna", None)
    here.pull({"path": chat.write(tmp_path / "all.json")}, NOW)
    [account] = here.latest("accounts").values()
    assert (account["name"], account["is_deleted"]) == (None, True)


def test_the_same_export_lands_nothing_twice(shelf: Any, tmp_path: Path) -> None:
    options = {"path": large(300, AT).write(tmp_path / "result.json")}
    here = shelf("telegram_export")
    here.pull(options, NOW)
    assert len(here.latest("messages")) == 300
    assert here.pull(options, NOW).rows == 0
    assert here.coverage[0]["observed_to"] > here.coverage[0]["observed_from"]


def test_what_is_missing_from_a_large_chat_is_found_at_once() -> None:
    present = Present(numbers=set(range(10, 50_000)) - {77, 30_000})
    # a look at all numbers for each of them would take minutes
    started = time.process_time()
    assert present.missing(range(60_000)) == [77, 30_000]
    assert time.process_time() - started < 5
