"""The streams a Telegram export yields, in the names of Telegram Desktop's result.json."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns("from_id! string, name string, is_deleted bool"),
    key=("from_id",),
    personal=Personal(owner="from_id", names=("name",)),
)
CHANNELS = Stream("channels", columns("chat_id! string, name string, type string"), key=("chat_id",))
MESSAGES = Stream(
    "messages",
    columns(
        "chat_id! string, id! int64, type string, action string, from_id string, date_unixtime! timestamp,"
        "edited_unixtime timestamp, reply_to_message_id int64, reply_to_peer_id string, is_forwarded bool,"
        "is_poll bool, text string, mentioned list<string>, text_length int64, links_count int64,"
        "has_question bool, deleted_at timestamp, is_tombstone bool"
    ),
    key=("chat_id", "id"),
    features=Features(text="text", markup="markdown"),
    personal=Personal(owner="from_id", accounts=("mentioned", "reply_to_peer_id"), texts=("text",)),
)
REACTIONS = Stream(
    "reactions",
    columns("chat_id! string, message_id! int64, from_id! string, kind! string, occurred_at timestamp"),
    key=("chat_id", "message_id", "from_id", "kind"),
    personal=Personal(owner="from_id"),
)
MEMBERSHIPS = Stream(
    "memberships",
    columns(
        "chat_id! string, message_id! int64, position! int64, account_id! string, actor_id string, scope! string,"
        "event! string, occurred_at! timestamp"
    ),
    key=("chat_id", "message_id", "position"),
    personal=Personal(owner="account_id", accounts=("actor_id",)),
)
COUNTS = Stream(
    "counts",
    columns("chat_id! string, message_id! int64, metric! string, value! double"),
    key=("chat_id", "message_id", "metric"),
)
STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, REACTIONS, MEMBERSHIPS, COUNTS)
