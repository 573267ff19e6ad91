"""Turns Reddit's things into records of our streams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

Record = dict[str, Any]
NOBODY = "[deleted]"
EMPTIED = ("[deleted]", "[removed]")
_CALLED = re.compile(r"(?<![\w/])/?u/([A-Za-z0-9_-]{3,20})")
SUBMISSION, COMMENT, MORE = "t3", "t1", "more"


def message(thing: Record) -> Record:
    """A submission or a comment; `edited` is false or a time."""
    names = ("name", "subreddit", "created_utc", "title", "permalink", "link_id", "parent_id", "crosspost_parent")
    edited = thing.get("edited")
    return {name: thing.get(name) for name in (*names, "distinguished")} | {
        "author": author(thing),
        "edited": None if isinstance(edited, bool) else edited,
        "body": thing.get("selftext") if is_submission(thing) else thing.get("body"),
        "mentioned": mentioned(thing),
        "is_tombstone": False,
    }


def mentioned(thing: Record) -> list[str]:
    """Whom a text calls by u/name."""
    text = thing.get("selftext") if is_submission(thing) else thing.get("body")
    return list(dict.fromkeys(_CALLED.findall(text))) if isinstance(text, str) else []


def is_submission(thing: Record) -> bool:
    """Whether a thing opens a thread."""
    return str(thing.get("name")).startswith(SUBMISSION)


def is_gone(thing: Record) -> bool:
    """Whether a thing is an empty shell: deleted by its author, or removed by a moderator."""
    text = thing.get("selftext") if is_submission(thing) else thing.get("body")
    is_named = author(thing) is not None
    return (text in EMPTIED and not is_named) or text == "[removed]" or bool(thing.get("removed_by_category"))


def tombstone(name: str, deleted_at: datetime) -> Record:
    """A version that says only that a thing is gone."""
    return {"name": name, "deleted_at": deleted_at, "is_tombstone": True}


def author(thing: Record) -> str | None:
    """Who wrote; None where the account is gone."""
    name = thing.get("author")
    return name if isinstance(name, str) and name and name != NOBODY else None


def account(thing: Record, moderators: frozenset[str]) -> Record:
    """An account as far as a thing of its own shows it."""
    name = author(thing)
    return {"author": name, "author_fullname": thing.get("author_fullname"), "is_moderator": name in moderators}


def channel(about: Record) -> Record:
    """A subreddit."""
    return {name: about.get(name) for name in ("display_name", "name", "title", "subreddit_type", "created_utc")}


def audience(about: Record) -> Iterator[Record]:
    """How many subscribe to a subreddit, and how many are there now."""
    for metric, name in (("followers", "subscribers"), ("online", "active_user_count")):
        if about.get(name) is not None:
            yield {"scope": "channel", "id": about.get("display_name"), "metric": metric, "value": about[name]}


def counts(thing: Record) -> Iterator[Record]:
    """A thing's score (votes up less votes down, blurred by Reddit) and a submission's number of comments."""
    values = {"score": None if thing.get("score_hidden") else thing.get("score"), "replies": thing.get("num_comments")}
    for metric, value in values.items():
        if value is not None:
            yield {"scope": "message", "id": thing.get("name"), "metric": metric, "value": value}


def action(entry: Record) -> Record:
    """An entry of the moderation log; a person it was done to is told by name only, not by number."""
    names = ("id", "subreddit", "mod", "action", "details", "description", "created_utc")
    target, fullname = entry.get("target_author"), entry.get("target_fullname")
    return {name: entry.get(name) for name in names} | {
        "target_author": target if target not in ("", NOBODY) else None,
        "target_fullname": fullname if str(fullname).startswith((SUBMISSION, COMMENT)) else None,
    }
