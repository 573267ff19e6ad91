"""Decides at birth what becomes of posts and topics later, and tells who was called what when."""

from __future__ import annotations

import random
import re

from sandbox.model import ForumAccount, Post, Topic
from sandbox.moments import DAY, HOUR
from sandbox.words import Words

AUTHOR_DELETED = "(post deleted by author)"


def decide(rng: random.Random, words: Words, post: Post, end: int) -> None:
    """Decide now what becomes of a post later: edits, deletion by its author or by staff."""
    luck, when = rng.random(), post.at + int(rng.uniform(0.02, 12) * DAY)
    if post.number > 1 and luck < 0.011 and when < end:
        post.deleted_at, post.deleted_by = when, "author" if luck < 0.006 else "staff"
        # a stub stays for a day, and on some forums for ever
        stub = when + DAY if luck > 0.0025 else None
        post.gone_at = when if post.deleted_by == "staff" else stub
    at = post.at
    while rng.random() < 0.045:
        at += int(rng.lognormvariate(0.0, 2.0) * HOUR)
        if at >= min(end, post.deleted_at or end):
            break
        post.edits.append((at, f"{post.edits[-1][1] if post.edits else post.raw}\n\nEdit: {words.say(1)}"))
    if post.deleted_by == "author" and post.deleted_at:
        post.edits.append((post.deleted_at, AUTHOR_DELETED))


def change_later(rng: random.Random, words: Words, topic: Topic, end: int) -> None:
    """Decide now whether a topic will be renamed or moved."""
    luck, at = rng.random(), topic.at + int(rng.uniform(0.1, 30) * DAY)
    if luck > 0.03 or at >= end:
        return
    title = words.title(topic.is_question) if luck < 0.02 else topic.title
    category = rng.choice((1, 3, 4, 5)) if luck > 0.015 else topic.category_id
    topic.changes.append((at, title, category))


def username(account: ForumAccount, at: int) -> tuple[str, str]:
    """(username, display name) an account had at an instant."""
    current = (account.username, account.name)
    for when, handle, name in account.renames:
        if when <= at:
            current = (handle, name)
    return current


def asks(title: str, text: str) -> bool:
    """Is there a question mark in the title or in the text outside quotes and code?"""
    own = re.sub(r"(?s)```.*?```|\[quote=.*?\[/quote\]", " ", text)
    return "?" in title or "?" in own
