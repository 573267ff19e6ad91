"""The streams Slack yields, in its own names: what exports and the Web API share."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns(
        "id! string, name string, real_name string, display_name string, is_bot bool, is_admin bool,"
        "is_owner bool, deleted bool, email_hash string, is_email_confirmed bool, updated timestamp"
    ),
    key=("id",),
    personal=Personal(owner="id", names=("name", "real_name", "display_name", "email_hash")),
)
CHANNELS = Stream(
    "channels",
    columns(
        "id! string, name string, created timestamp, creator string, is_archived bool, is_general bool, is_private bool"
    ),
    key=("id",),
    personal=Personal(accounts=("creator",)),
)
MESSAGES = Stream(
    "messages",
    columns(
        "channel_id! string, ts! string, created_at! timestamp, user string, bot_id string, username string,"
        "subtype string, thread_ts string, edited_at timestamp, deleted_at timestamp, text string,"
        "text_length int64, links_count int64, has_question bool, mentions list<string>, is_tombstone bool"
    ),
    key=("channel_id", "ts"),
    features=Features(text="text", markup="slack"),
    personal=Personal(owner="user", accounts=("mentions",), names=("username",), texts=("text",)),
)
REACTIONS = Stream(
    "reactions",
    columns("channel_id! string, ts! string, name! string, user! string, is_removed bool"),
    key=("channel_id", "ts", "name", "user"),
    personal=Personal(owner="user"),
)
MEMBERSHIPS = Stream(
    "memberships",
    columns(
        "account_id! string, scope! string, scope_id! string, event! string, occurred_at timestamp,"
        "occurred_after timestamp, is_exact bool"
    ),
    key=("account_id", "scope", "scope_id", "event", "occurred_at"),
    personal=Personal(owner="account_id"),
)
COUNTS = Stream(
    "counts",
    columns("scope! string, id! string, metric! string, value! double"),
    key=("scope", "id", "metric"),
)
