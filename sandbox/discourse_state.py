"""A forum as of a moment: its posts, topics and accounts as they stand, replayed from events to its clock."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from sandbox.model import Category, Flag, StaffAct
from sandbox.words import slug


@dataclass(slots=True)
class Row:
    """A post as it stands; `fields` are the captured ones when it comes from a feed; `cache` is (what makes
    it stale: reads and the length of the topic; JSON)."""

    id: int
    topic_id: int
    number: int
    kind: int
    account_id: int
    at: int
    updated: int
    raw: str = ""
    version: int = 1
    reply_to: int | None = None
    user_deleted: bool = False
    likes: int = 0
    deleted_at: int | None = None
    fields: Mapping[str, Any] | None = None
    cache: tuple[tuple[int, int], bytes] | None = None


@dataclass(slots=True)
class TopicRow:
    """A topic as it stands; `posts` are its visible post ids in order of id."""

    id: int
    title: str
    category_id: int
    account_id: int
    at: int
    posts: list[int] = field(default_factory=list)
    accepted: int | None = None
    called: tuple[str, str, str] = ("", "", "")

    def names(self) -> tuple[str, str, str]:
        """Title, its HTML and its slug; the latter two are made once a title."""
        if self.called[0] != self.title:
            self.called = (self.title, escape(self.title), slug(self.title))
        return self.called


@dataclass(slots=True)
class AccountRow:
    """An account as it stands; `posts` are the ids of all its posts."""

    id: int
    username: str
    name: str
    at: int
    admin: bool = False
    moderator: bool = False
    trust_level: int = 1
    email: str = ""
    suspended_at: int | None = None
    posts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """What a forum shows now. `regular` and `public` are visible post ids, ascending, without and with the small
    actions. Subclasses fill it by replaying their events. `staff_acts` and `flags` are of all time, by time."""

    now: int = -(1 << 62)
    rows: dict[int, Row] = field(default_factory=dict)
    topics: dict[int, TopicRow] = field(default_factory=dict)
    accounts: dict[int, AccountRow] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    regular: list[int] = field(default_factory=list)
    public: list[int] = field(default_factory=list)
    events: list[tuple[int, int, Callable[[Any], None], Any]] = field(default_factory=list)
    done: int = 0
    staff_acts: list[StaffAct] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def move(self, now: int) -> None:
        """Replay up to and including `now`; going back starts from nothing."""
        if now < self.now:
            for part in (self.rows, self.topics, self.accounts, self.regular, self.public):
                part.clear()
            self.done = 0
        while self.done < len(self.events) and self.events[self.done][0] <= now:
            _, _, apply, what = self.events[self.done]
            apply(what)
            self.done += 1
        self.now = now

    def show(self, row: Row) -> None:
        """Make a post visible."""
        insort(self.public, row.id)
        if row.kind == 1:
            insort(self.regular, row.id)
        insort(self.topics[row.topic_id].posts, row.id)

    def hide(self, row: Row) -> None:
        """Make a post invisible to readers."""
        topic = self.topics[row.topic_id]
        for ids in (self.public, self.regular, topic.posts):
            place = bisect_left(ids, row.id)
            if place < len(ids) and ids[place] == row.id:
                del ids[place]
