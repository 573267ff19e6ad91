"""The streams a Matrix homeserver yields, in Matrix's own names; all but accounts, channels and counts are events."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns("user_id! string, displayname string"),
    key=("user_id",),
    personal=Personal(owner="user_id", names=("displayname",), ids_are_names=True),
)
CHANNELS = Stream(
    "channels",
    columns(
        "room_id! string, name string, canonical_alias string, room_type string, parent string, join_rule string,"
        "history_visibility string, is_encrypted bool, moderators list<string>, replacement_room string,"
        "created_at timestamp"
    ),
    key=("room_id",),
    personal=Personal(accounts=("moderators",), ids_are_names=True),
)
# an edit is an event of its own (rel_type m.replace), which staging folds into the message it rewrites
MESSAGES = Stream(
    "messages",
    columns(
        "event_id! string, room_id! string, sender! string, created_at! timestamp, type! string, msgtype string,"
        "rel_type string, relates_to string, in_reply_to string, is_falling_back bool, user_ids list<string>,"
        "body string, text_length int64, links_count int64, has_question bool, mentions list<string>,"
        "is_redacted bool, deleted_at timestamp, is_tombstone bool"
    ),
    key=("event_id",),
    features=Features(text="body", markup="markdown"),
    personal=Personal(owner="sender", accounts=("user_ids",), names=("mentions",), texts=("body",), ids_are_names=True),
)
REACTIONS = Stream(
    "reactions",
    columns(
        "event_id! string, room_id! string, sender! string, origin_server_ts! timestamp, relates_to! string,"
        "reaction! string, is_removed bool, is_tombstone bool"
    ),
    key=("event_id",),
    personal=Personal(owner="sender", ids_are_names=True),
)
MEMBERSHIPS = Stream(
    "memberships",
    columns(
        "event_id! string, account_id! string, scope! string, scope_id! string, event! string,"
        "occurred_at! timestamp, occurred_after timestamp, is_exact bool, sender string"
    ),
    key=("event_id",),
    personal=Personal(owner="account_id", accounts=("sender",), ids_are_names=True),
)
COUNTS = Stream(
    "counts", columns("scope! string, id! string, metric! string, value! double"), key=("scope", "id", "metric")
)
MODERATION = Stream(
    "moderation",
    columns(
        "event_id! string, room_id! string, sender! string, action! string, target_user string, redacts string,"
        "reason string, occurred_at! timestamp"
    ),
    key=("event_id",),
    personal=Personal(owner="sender", accounts=("target_user",), texts=("reason",), ids_are_names=True),
)
STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, REACTIONS, MEMBERSHIPS, COUNTS, MODERATION)
