"""The streams a subreddit yields, in Reddit's own names; a name is an account's id, for it never changes."""

from __future__ import annotations

from sources.streams import Features, Personal, Stream, columns

ACCOUNTS = Stream(
    "accounts",
    columns("author! string, author_fullname string, is_moderator bool"),
    key=("author",),
    personal=Personal(owner="author", names=("author_fullname",), ids_are_names=True),
)
CHANNELS = Stream(
    "channels",
    columns("display_name! string, name string, title string, subreddit_type string, created_utc timestamp"),
    key=("display_name",),
)
# submissions and comments; `body` is a submission's selftext; `mentioned` are called by u/name, as is the custom here
MESSAGES = Stream(
    "messages",
    columns(
        "name! string, subreddit! string, author string, created_utc! timestamp, edited timestamp,"
        "deleted_at timestamp, title string, body string, permalink string, link_id string, parent_id string,"
        "crosspost_parent string, distinguished string, text_length int64, links_count int64, has_question bool,"
        "mentions list<string>, mentioned list<string>, is_tombstone bool"
    ),
    key=("name",),
    features=Features(text="body", markup="markdown", title="title"),
    personal=Personal(
        owner="author", names=("mentions", "mentioned"), texts=("title", "body", "permalink"), ids_are_names=True
    ),
)
COUNTS = Stream(
    "counts", columns("scope! string, id! string, metric! string, value! double"), key=("scope", "id", "metric")
)
MODERATION = Stream(
    "moderation",
    columns(
        "id! string, subreddit! string, mod string, action! string, target_author string, target_fullname string,"
        "details string, description string, created_utc! timestamp"
    ),
    key=("id",),
    personal=Personal(owner="mod", accounts=("target_author",), texts=("details", "description"), ids_are_names=True),
)
STREAMS = (ACCOUNTS, CHANNELS, MESSAGES, COUNTS, MODERATION)
