"""The streams a Mastodon server yields, in Mastodon's own names."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns(
        "id! string, acct! string, display_name string, created_at timestamp, bot bool, suspended bool,"
        "roles list<string>, links string"
    ),
    key=("id",),
    personal=Personal(owner="id", names=("acct", "display_name"), texts=("links",)),
)
# `text` is `content` without its HTML; `mentions` are the handles in it, `mentioned` the accounts Mastodon names
MESSAGES = Stream(
    "messages",
    columns(
        "id! string, account_id! string, created_at! timestamp, edited_at timestamp, deleted_at timestamp,"
        "in_reply_to_id string, reblog_of_id string, visibility string, url string, text string, text_length int64,"
        "links_count int64, has_question bool, mentions list<string>, mentioned list<string>, is_tombstone bool"
    ),
    key=("id",),
    features=Features(text="text", markup="markdown"),
    personal=Personal(owner="account_id", accounts=("mentioned",), names=("mentions",), texts=("text", "url")),
)
REACTIONS = Stream(
    "reactions",
    columns("message_id! string, account_id! string, kind! string, is_removed bool"),
    key=("message_id", "account_id", "kind"),
    personal=Personal(owner="account_id"),
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
    "counts", columns("scope! string, id! string, metric! string, value! double"), key=("scope", "id", "metric")
)
STREAMS = (ACCOUNTS, MESSAGES, REACTIONS, MEMBERSHIPS, COUNTS)
