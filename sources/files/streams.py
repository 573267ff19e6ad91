"""The seven streams in their common names, as files give them."""

from __future__ import annotations

from collections.abc import Mapping

from sources.streams import Personal, Stream, columns

# a person's id may be a name here, and mentions hold ids or handles: under pseudonyms both become the same
ACCOUNTS = Stream(
    "accounts",
    columns(
        "account_id! string, handle string, display_name string, url string, created_at timestamp, is_bot bool,"
        "is_staff bool, is_deleted bool, email_hash string, links string, stated_at timestamp"
    ),
    key=("account_id",),
    personal=Personal(
        owner="account_id", names=("handle", "display_name", "email_hash"), texts=("url", "links"), ids_are_names=True
    ),
)
CHANNELS = Stream(
    "channels",
    columns("channel_id! string, name string, kind string, parent_id string, is_private bool"),
    key=("channel_id",),
)
MESSAGES = Stream(
    "messages",
    columns(
        "message_id! string, channel_id string, author_id string, created_at! timestamp, edited_at timestamp,"
        "deleted_at timestamp, thread_id string, parent_id string, repost_of string, kind string, title string,"
        "text string, url string, text_length int64, links_count int64, has_question bool, mentions list<string>,"
        "is_marked_question bool, is_tombstone bool"
    ),
    key=("message_id",),
    personal=Personal(
        owner="author_id", names=("mentions",), texts=("title", "text", "url"), thread="thread_id", ids_are_names=True
    ),
)
REACTIONS = Stream(
    "reactions",
    columns(
        "message_id! string, account_id! string, kind! string, occurred_at timestamp, is_removed bool,"
        "stated_at timestamp"
    ),
    key=("message_id", "account_id", "kind"),
    personal=Personal(owner="account_id", ids_are_names=True),
)
MEMBERSHIPS = Stream(
    "memberships",
    columns(
        "account_id! string, scope! string, scope_id! string, event! string, occurred_at timestamp,"
        "occurred_after timestamp, is_exact bool"
    ),
    key=("account_id", "scope", "scope_id", "event", "occurred_at"),
    personal=Personal(owner="account_id", ids_are_names=True),
)
COUNTS = Stream(
    "counts",
    columns("scope! string, id! string, metric! string, value! double, stated_at timestamp"),
    key=("scope", "id", "metric", "stated_at"),
)
MODERATION = Stream(
    "moderation",
    columns(
        "action! string, actor_id string, target_account_id string, target_message_id string,"
        "occurred_at! timestamp, reason string"
    ),
    key=("action", "actor_id", "target_account_id", "target_message_id", "occurred_at"),
    personal=Personal(owner="target_account_id", accounts=("actor_id",), texts=("reason",), ids_are_names=True),
)
STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, REACTIONS, MEMBERSHIPS, COUNTS, MODERATION)

# what the file calls observed_at is when it was so; our own observed_at is when the file was read
GIVEN_AS: Mapping[str, str] = {"stated_at": "observed_at"}
# where a file may leave it out
DEFAULTS: Mapping[tuple[str, str], str] = {
    ("memberships", "scope"): "community",
    ("memberships", "scope_id"): "",
    ("counts", "scope"): "community",
    ("counts", "id"): "",
}
# the words a column may hold
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("messages", "kind"): ("post", "comment", "repost", "system"),
    ("memberships", "scope"): ("community", "channel", "account"),
    ("memberships", "event"): ("join", "leave", "kick", "ban", "unban", "invite", "follow", "unfollow"),
    ("counts", "scope"): ("community", "channel", "account", "message"),
}
# the column that says when a row happened
MOMENT: Mapping[str, str] = {
    "messages": "created_at",
    "reactions": "occurred_at",
    "memberships": "occurred_at",
    "counts": "stated_at",
    "moderation": "occurred_at",
}
DERIVED = frozenset({"is_tombstone"})


def names_in_file(stream: Stream) -> dict[str, str]:
    """Declared column → its name in a file."""
    return {c.name: GIVEN_AS.get(c.name, c.name) for c in stream.columns if c.name not in DERIVED}


def required_in_file(stream: Stream) -> tuple[str, ...]:
    """The columns a file must have."""
    return tuple(c.name for c in stream.columns if c.required and (stream.name, c.name) not in DEFAULTS)
