"""One community's life on the real Synapse, every kind of event, landed through dlt and read row by row."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sources.errors import Unauthorized
from sources.http import Client
from tests.sources.matrix.synapse import Synapse

pytestmark = pytest.mark.slow


class Town:
    """A public room of Rosa's, with Muster, Anna, Boris and Vera in it."""

    def __init__(self, server: Synapse) -> None:
        self.server, label = server, f"s{next(server.numbers)}"
        names = ("muster", "rosa", "anna", "boris", "vera")
        self.muster, self.rosa, self.anna, self.boris, self.vera = (server.register(f"{n}-{label}") for n in names)
        self.room = server.create(self.rosa, name="Town <b>hall</b>", room_alias_name=f"town-{label}")
        self.alias = f"#town-{label}:localhost"
        for user in (self.muster, self.anna, self.boris, self.vera):
            server.member("join", user, self.room)
        self.options = {"base_url": server.base_url, "page_size": 4}

    def talk(self) -> None:
        server, room = self.server, self.room
        self.hello = server.say(self.anna, room, "hello?")
        self.answer = server.say(self.boris, room, "hi", **{"m.in_reply_to": {"event_id": self.hello}})
        thread = {"rel_type": "m.thread", "event_id": self.hello}
        self.threaded = server.say(self.vera, room, "in the thread", **thread)
        self.spam = server.say(self.vera, room, "buy")
        self.liked = server.react(self.boris, room, self.hello, "👍")
        self.unliked = server.react(self.vera, room, self.hello, "👎")
        told = {"body": "Boris: look", "msgtype": "m.text", "m.mentions": {"user_ids": [self.boris]}}
        self.mention = server.send(self.anna, room, told)

    def change(self) -> None:
        server, room = self.server, self.room
        self.edited = server.edit(self.anna, room, self.hello, "hello all?")
        server.redact(self.vera, room, self.unliked)
        server.redact(self.rosa, room, self.spam, reason="advertising")
        server.rename(self.anna, "Anna B")
        server.member("leave", self.boris, room)
        server.member("join", self.boris, room)
        server.member("kick", self.rosa, room, self.vera, reason="enough")
        server.member("ban", self.rosa, room, self.vera)
        server.member("unban", self.rosa, room, self.vera)
        server.member("invite", self.rosa, room, self.vera)
        server.member("join", self.vera, room)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def given(server: Synapse, user: str, **more: Any) -> dict[str, Any]:
    return {"secrets": {"access_token": server.tokens[user]}} | more


def test_everything_that_happens_lands(server: Synapse, shelf: Any) -> None:
    town, here = Town(server), shelf("matrix")
    town.talk()
    landed = here.land(town.options, now(), **given(server, town.muster))
    assert landed.pages > 6, "short pages, several requests"
    assert here.latest("messages")[town.spam,]["body"] == "buy"
    assert not here.latest("reactions")[town.unliked,]["is_removed"]
    town.change()
    here.land(town.options, now(), **given(server, town.muster))

    messages = here.latest("messages")
    assert messages[town.answer,]["in_reply_to"] == town.hello
    thread = messages[town.threaded,]
    assert (thread["rel_type"], thread["relates_to"]) == ("m.thread", town.hello)
    assert json.loads(messages[town.mention,]["user_ids"]) == [town.boris]
    edit = messages[town.edited,]
    assert (edit["rel_type"], edit["relates_to"], edit["body"]) == ("m.replace", town.hello, "hello all?")
    assert messages[town.hello,]["body"] == "hello?"
    assert messages[town.hello,]["has_question"]
    spam = messages[town.spam,]
    assert spam["is_tombstone"]
    assert now() - timedelta(minutes=5) < spam["deleted_at"] < now() + timedelta(minutes=1)

    reactions = here.latest("reactions")
    assert {key[0]: row["is_removed"] for key, row in reactions.items()} == {town.liked: False, town.unliked: True}
    liked = reactions[town.liked,]
    assert (liked["relates_to"], liked["sender"], liked["reaction"]) == (town.hello, town.boris, "👍")
    assert liked["origin_server_ts"]

    assert events(here, town.vera) == ["join", "kick", "ban", "unban", "invite", "join"]
    assert events(here, town.boris) == ["join", "leave", "join"]
    assert events(here, town.anna) == ["join"], "a new name is no joining"
    told = {(row["action"], row["sender"], row["target_user"]) for row in here.latest("moderation").values()}
    assert {(act, town.rosa, town.vera) for act in ("kick", "ban", "unban")} <= told
    removal = next(row for row in here.latest("moderation").values() if row["redacts"] == town.spam)
    assert (removal["sender"], removal["reason"]) == (town.rosa, "advertising")

    assert here.latest("channels")[town.room,]["moderators"] == json.dumps([town.rosa])
    assert here.latest("channels")[town.room,]["name"] == "Town <b>hall</b>"
    assert here.latest("counts")["channel", town.room, "members"]["value"] == 5
    assert not here.rejected


def test_a_late_first_read_ends_like_the_increments(server: Synapse, shelf: Any) -> None:
    """What was redacted before it was first read is a shell: who and when, not what."""
    town, stepped, whole = Town(server), shelf("matrix"), shelf("matrix")
    town.talk()
    stepped.pull(town.options, now(), **given(server, town.muster))
    town.change()
    stepped.pull(town.options, now(), **given(server, town.muster))
    whole.pull(town.options | {"rooms": [town.alias]}, now(), **given(server, town.muster))
    for stream in ("memberships", "moderation", "channels", "counts"):
        assert stepped.latest(stream) == whole.latest(stream), stream
    shell, tombstone = whole.latest("messages").pop((town.spam,)), stepped.latest("messages").pop((town.spam,))
    assert shell["deleted_at"] == tombstone["deleted_at"]
    assert (shell["sender"], shell["body"], shell["is_tombstone"]) == (town.vera, None, False)
    assert shell["created_at"]


def test_what_a_room_hides_from_latecomers_is_a_gap_with_its_reason(server: Synapse, shelf: Any) -> None:
    town, here = Town(server), shelf("matrix")
    hidden = {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}}
    room = server.create(town.rosa, name="late", initial_state=[hidden])
    server.member("join", town.anna, room)
    before = server.say(town.anna, room, "before")
    time.sleep(1.2)  # a gap of less than a second is none
    server.member("join", town.muster, room)
    after = server.say(town.anna, room, "after")
    server.member("leave", town.muster, room)
    meanwhile = server.say(town.anna, room, "meanwhile")
    time.sleep(1.2)
    server.member("join", town.muster, room)
    again = server.say(town.anna, room, "again")
    here.pull(town.options | {"rooms": [room]}, now(), **given(server, town.muster))
    seen = {key[0] for key in here.latest("messages")}
    assert seen == {after, again}
    assert not {before, meanwhile} & seen
    reasons = [row["reason"] for row in here.coverage if row["stream"] == "messages" and row["reason"]]
    assert any("shared" in reason for reason in reasons)
    assert any("was not in it for a while" in reason for reason in reasons)
    observed = [row for row in here.coverage if row["stream"] == "messages" and not row["reason"]]
    assert len(observed) == 3, "before the room was, between, and since"


def test_a_room_we_were_thrown_out_of_says_so(server: Synapse, shelf: Any) -> None:
    town, here = Town(server), shelf("matrix")
    options = town.options | {"rooms": [town.room]}
    town.talk()
    here.pull(options, now(), **given(server, town.muster))
    last = server.say(town.anna, town.room, "last seen")
    server.member("kick", town.rosa, town.room, town.muster)
    unseen = server.say(town.anna, town.room, "not seen now")
    result = here.pull(options, now(), **given(server, town.muster))
    assert (last,) in here.latest("messages")
    assert (unseen,) not in here.latest("messages")
    assert "no longer in" in result.notes[0]
    assert [row["observed_to"] for row in here.coverage if row["reason"]][-1] is None
    server.member("join", town.muster, town.room)
    here.pull(options, now(), **given(server, town.muster))
    assert (unseen,) in here.latest("messages"), "shared history is made good"


def test_check_says_what_is_missing(server: Synapse, shelf: Any) -> None:
    town, here = Town(server), shelf("matrix")
    closed = server.create(town.rosa, preset="private_chat", name="closed")
    options = town.options | {"rooms": [town.alias, closed, "#nowhere:localhost"]}
    server.set(town.rosa, town.room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    context = here.context(options, now(), **given(server, town.muster))
    found = [(finding.level, finding.text) for finding in here.connector.check(context)]
    assert found[0] == ("ok", f"the token is {town.muster}'s; 1 rooms can be read")
    assert any(level == "error" and closed in text and "invite it" in text for level, text in found)
    assert any(level == "error" and "nothing here" in text for level, text in found)
    assert any(level == "warning" and "encrypted" in text for level, text in found)
    here.pull(options, now(), **given(server, town.muster))
    reasons = {row["reason"] for row in here.coverage if row["reason"]}
    assert any(closed in reason and "invite it" in reason for reason in reasons)


def test_a_real_429_is_waited_out_as_told(server: Synapse) -> None:
    """Synapse limits no request the connector makes, so its words come from one it does limit."""
    user, waits = server.register(f"hasty-{next(server.numbers)}"), list[float]()
    headers = {"Authorization": f"Bearer {server.tokens[user]}"}
    with Client("town", server.base_url, headers=headers, sleep=_sleep(waits)) as client:
        for _ in range(8):
            assert client.json(f"_matrix/client/v3/profile/{user}")["displayname"]
    assert waits
    assert all(1 <= wait <= 10 for wait in waits)


def _sleep(waits: list[float]) -> Any:
    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    return sleep


def test_a_token_logged_out_is_refused_in_one_line(server: Synapse, shelf: Any) -> None:
    town, here = Town(server), shelf("matrix")
    token = server.tokens[town.muster]
    server.call("POST", town.muster, "logout", {})
    with pytest.raises(Unauthorized, match="log in again") as raised:
        here.pull(town.options, now(), secrets={"access_token": token}, transport=httpx.HTTPTransport())
    assert token not in str(raised.value)


def events(shelf: Any, user: str) -> list[str]:
    rows = [row for row in shelf.latest("memberships").values() if row["account_id"] == user]
    return [row["event"] for row in sorted(rows, key=lambda row: row["occurred_at"])]
