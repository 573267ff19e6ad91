"""The door: erased people, pseudonyms and texts in tables on their way in, whatever the platform."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from sources import registry
from sources.door import Door
from sources.marks import Keyring, marks_of_name
from sources.streams import Stamp, to_table
from sources.wording import ERASED, ERASED_QUOTE, Eraser, pseudonymous

KEYS = Keyring(b"k" * 32)
NOW = datetime(2026, 1, 2)


def eraser(*names: str, accounts: tuple[str, ...] = ()) -> Eraser:
    marks = {mark for name in names for mark in marks_of_name(KEYS, "forum", name)}
    marks |= {KEYS.mark("forum", "account", account) for account in accounts}
    return Eraser(KEYS, "forum", marks)


def posts(*records: dict[str, Any]) -> pa.Table:
    whole = [{"topic_id": 1, "created_at": "2026-01-01T00:00:00Z", "is_tombstone": False} | r for r in records]
    payloads = [f'{{"cooked": "{record.get("raw")}"}}' for record in records]
    table, rejected = to_table(registry.get("discourse").stream("messages"), whole, payloads, Stamp("forum", "r", NOW))
    assert not rejected
    return table


def door(**settings: Any) -> Door:
    streams = {stream.name: stream for stream in registry.get("discourse").streams}
    return Door("forum", streams, KEYS, **settings)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("thanks @Alice_B, good", f"thanks {ERASED}, good"),
        ("alice_b said so. alice_b.", f"{ERASED} said so. {ERASED}."),
        ("@alice_bo and alice_b2 stay", "@alice_bo and alice_b2 stay"),
        ("as ALICE  Brandt wrote", f"as {ERASED} wrote"),
        ("Alice was here", "Alice was here"),  # one word of a name is no name
        ('[quote="alice_b, post:1, topic:2"]\nmy words\n[/quote]\nyes', f"{ERASED_QUOTE}\nyes"),
        (
            '[quote="Alice Brandt, post:1, topic:2, username:alice_b"]a[quote="x"]b[/quote]c[/quote]!',
            ERASED_QUOTE + "!",
        ),
        ('[quote="bob, post:1"]hi[/quote]', '[quote="bob, post:1"]hi[/quote]'),
        ('[quote="alice_b"]never closed', ERASED_QUOTE),
        ("https://forum.example/u/alice_b/summary", f"https://forum.example/u/{ERASED}/summary"),
        ("hello-alice_b-again", f"hello-{ERASED}-again"),
        ("<@U77AB> and 42", f"<{ERASED}> and 42"),
    ],
)
def test_the_erased_leave_other_peoples_texts(text: str, left: str) -> None:
    found = eraser("alice_b", "Alice Brandt", accounts=("U77AB", "42")).text(text)
    assert found == left
    assert eraser("alice_b", "Alice Brandt", accounts=("U77AB", "42")).text(found) == left


def test_addresses_are_known_by_their_hash() -> None:
    import hashlib

    mark = KEYS.mark("forum", "address", hashlib.sha256(b"alice@example.org").hexdigest())
    assert (
        Eraser(KEYS, "forum", {mark}).text("to Alice@Example.org or bob@example.org")
        == f"to {ERASED} or bob@example.org"
    )


def test_pseudonyms_stand_in_mentions_quotes_and_links() -> None:
    alice = KEYS.pseudonym("alice")
    text = 'hi @Alice. [quote="alice, post:1"]x[/quote] https://f.org/u/alice <@U1|alice> alice@example.org'
    found = pseudonymous(text, KEYS.pseudonym)
    assert found == f'hi @{alice}. [quote="{alice}, post:1"]x[/quote] https://f.org/u/{alice} <@U1> [address]'
    assert pseudonymous(found, KEYS.pseudonym) == found


def test_pseudonyms_are_the_same_in_every_case_and_for_themselves() -> None:
    assert KEYS.pseudonym("Ąlice") == KEYS.pseudonym("ąLICE ")
    assert KEYS.pseudonym(KEYS.pseudonym("alice")) == KEYS.pseudonym("alice")
    assert Keyring(b"x" * 32).pseudonym("alice") != KEYS.pseudonym("alice")
    assert KEYS.account("B01/alice") == f"B01/{KEYS.pseudonym('alice')}"
    assert KEYS.account("U123") == "U123"


def test_own_rows_of_the_erased_do_not_enter_and_are_counted() -> None:
    marks = {
        KEYS.mark("forum", "account", "7"),
        KEYS.mark("forum", "thread", "5"),
        *marks_of_name(KEYS, "forum", "ann"),
    }
    entering = door(erased=marks)
    table = entering.treat(
        "messages",
        posts(
            {"id": 1, "user_id": 7, "raw": "mine"},
            {"id": 2, "user_id": 8, "raw": "hello @ann", "topic_title": "t"},
            {"id": 3, "user_id": 8, "raw": "plain", "topic_title": "ann asks", "topic_id": 5},
            {"id": 4, "is_tombstone": True, "deleted_at": "2026-01-01T00:00:00Z", "created_at": None},
        ),
    )
    assert entering.dropped == {"messages": 1}
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows.keys() == {2, 3, 4}
    assert rows[2]["raw"] == f"hello {ERASED}"
    assert rows[2]["mentions"] == []
    assert rows[2]["payload"] is None
    assert rows[2]["topic_title"] == "t"
    assert rows[3]["topic_title"] is None
    assert rows[3]["raw"] == "plain"


def test_texts_are_left_out_after_their_features_were_taken() -> None:
    row = {"id": 1, "user_id": 8, "username": "Bob", "raw": "who? @ann", "topic_title": "t", "topic_slug": "t"}
    (kept,) = door(keep_text=False, pseudonymize=True).treat("messages", posts(row)).to_pylist()
    assert kept["has_question"] is True
    assert kept["text_length"] == 9
    assert kept["mentions"] == [KEYS.pseudonym("ann")]
    assert kept["username"] == KEYS.pseudonym("bob")
    assert [kept[name] for name in ("raw", "topic_title", "topic_slug", "payload")] == [None] * 4


def test_texts_older_than_the_retention_are_left_out() -> None:
    old, new = {"id": 1, "raw": "old", "created_at": "2025-01-01T00:00:00Z"}, {"id": 2, "raw": "new"}
    rows = door(text_since=datetime(2025, 6, 1)).treat("messages", posts(old, new)).to_pylist()
    assert [row["raw"] for row in rows] == [None, "new"]
    assert [row["payload"] is None for row in rows] == [True, False]


@pytest.mark.parametrize("platform", registry.names())
def test_every_text_column_of_every_platform_is_declared_personal_or_known_to_be_none(platform: str) -> None:
    structure = {
        *("id", "channel_id", "scope", "scope_id", "event", "metric", "ts", "thread_ts", "subtype", "bot_id", "kind"),
        *("action", "room_id", "type", "parent_id", "thread_id", "message_id", "repost_of", "target_message_id"),
        *("event_id", "msgtype", "rel_type", "relates_to", "in_reply_to", "reaction", "redacts", "chat_id"),
        *("in_reply_to_id", "reblog_of_id", "visibility", "roles", "record", "action_name"),
        *("subreddit", "link_id", "crosspost_parent", "distinguished", "target_fullname"),
    }
    of_channels = {
        *("name", "slug", "canonical_alias", "room_type", "parent", "join_rule", "history_visibility"),
        *("replacement_room", "display_name", "title", "subreddit_type"),
    }
    for stream in registry.get(platform).streams:
        personal = stream.personal
        declared = {*personal.account_columns, *personal.names, *personal.texts}
        assert declared <= {column.name for column in stream.columns}, stream.name
        texts = {column.name for column in stream.columns if column.type in ("string", "list<string>")}
        left = texts - declared - structure
        # a channel's name is structure, and so is an emoji's; Reddit's "names" of messages are their ids
        named = {"channels": of_channels, "reactions": {"name"}} | (
            {"messages": {"name"}} if platform == "reddit" else {}
        )
        assert left <= named.get(stream.name, set()), left
