"""The streams a Discourse forum yields, in Discourse's own names."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns(
        "id! int64, username string, name string, admin bool, moderator bool, trust_level int64,"
        "created_at timestamp, suspended_at timestamp, active bool, staged bool, is_listed bool, is_deleted bool"
    ),
    key=("id",),
    personal=Personal(owner="id", names=("username", "name")),
)
CHANNELS = Stream(
    "channels",
    columns("id! int64, name string, slug string, parent_category_id int64, read_restricted bool"),
    key=("id",),
)
MESSAGES = Stream(
    "messages",
    columns(
        "id! int64, topic_id int64, post_number int64, post_type int64, user_id int64, username string,"
        "created_at! timestamp, updated_at timestamp, deleted_at timestamp, user_deleted bool, hidden bool,"
        "version int64, reply_to_post_number int64, category_id int64, topic_title string, topic_slug string,"
        "raw string, text_length int64, links_count int64, has_question bool, mentions list<string>,"
        "accepted_answer bool, is_tombstone bool"
    ),
    key=("id",),
    features=Features(text="raw", markup="markdown", title="topic_title"),
    personal=Personal(
        owner="user_id",
        names=("username", "mentions"),
        texts=("raw", "topic_title", "topic_slug"),
        thread="topic_id",
        thread_texts=("topic_title", "topic_slug"),
        opener=("post_number", 1),
    ),
)
MEMBERSHIPS = Stream(
    "memberships",
    columns(
        "account_id! int64, scope! string, scope_id! string, event! string, occurred_at timestamp,"
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
# entries of the staff log, and flags with how they were judged; `details` are the reasons of penalties
MODERATION = Stream(
    "moderation",
    columns(
        "record! string, id! int64, action_name string, acting_user_id int64, target_user_id int64, post_id int64,"
        "topic_id int64, created_at! timestamp, details string, status int64, reviewed_by_id int64,"
        "reviewed_at timestamp"
    ),
    key=("record", "id"),
    personal=Personal(owner="acting_user_id", accounts=("target_user_id", "reviewed_by_id"), texts=("details",)),
)
STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, MEMBERSHIPS, COUNTS, MODERATION)
