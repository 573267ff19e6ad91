"""A subreddit as of a moment, as Reddit's API shows it: submissions, comments, subscribers, the moderation log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.moments import SECOND

FAR = 1 << 62
EMPTIED = {"author": "[deleted]", "body": "[deleted]", "selftext": "[deleted]"}


@dataclass
class Post:
    """A submission, or a comment where it stands under something. `name` is its fullname; `edits` are (at, text)."""

    name: str
    author: str
    at: int
    text: str
    title: str | None = None
    link: str | None = None
    parent: str | None = None
    edits: list[tuple[int, str]] = field(default_factory=list)
    deleted_at: int = FAR  # by its author: an empty shell stays
    removed_at: int = FAR  # by a moderator
    purged_at: int = FAR  # not even a shell is left

    @property
    def id(self) -> str:
        """Its number."""
        return self.name.partition("_")[2]


@dataclass
class Subreddit:
    """What was ever there; what is added is shown as soon as its instant has come."""

    name: str
    made_at: int
    posts: dict[str, Post] = field(default_factory=dict)
    subscribers: list[tuple[int, int]] = field(default_factory=list)
    moderators: list[str] = field(default_factory=list)
    log: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    now: int = 0

    def shown(self, kind: str) -> list[Post]:
        """Submissions (t3) or comments (t1) that stand, newest first."""
        found = [one for one in self.posts.values() if one.name.startswith(kind) and self.stands(one)]
        return sorted(found, key=lambda one: -one.at)

    def is_there(self, one: Post) -> bool:
        """It shows something, be it an empty shell."""
        return one.at <= self.now < one.purged_at

    def stands(self, one: Post) -> bool:
        """It is written and neither deleted nor removed."""
        return self.is_there(one) and self.now < min(one.deleted_at, one.removed_at)

    def under(self, name: str) -> list[Post]:
        """What directly answers something, oldest first."""
        found = [one for one in self.posts.values() if one.parent == name and self.is_there(one)]
        return sorted(found, key=lambda one: one.at)

    def all_under(self, name: str) -> Iterator[Post]:
        """All that stands under something."""
        for one in self.under(name):
            yield one
            yield from self.all_under(one.name)

    def about(self) -> dict[str, Any]:
        """The subreddit's own thing."""
        number = [count for at, count in self.subscribers if at <= self.now][-1:]
        told = {"display_name": self.name, "title": "Lanterns", "name": "t5_lantern", "subreddit_type": "public"}
        counted = {"subscribers": number[0] if number else 0, "active_user_count": 3}
        return {"kind": "t5", "data": told | counted | {"created_utc": self.made_at / SECOND}}

    def thing(self, one: Post) -> dict[str, Any]:
        """A submission or comment, without what stands under it."""
        edits = [edit for edit in one.edits if edit[0] <= self.now]
        text = edits[-1][1] if edits else one.text
        data: dict[str, Any] = {
            "name": one.name,
            "id": one.id,
            "subreddit": self.name,
            "author": one.author,
            "author_fullname": f"t2_{one.author}",
            "created_utc": one.at / SECOND,
            "edited": edits[-1][0] / SECOND if edits else False,
            "score": 1,
            "permalink": f"/r/{self.name}/comments/{(one.link or one.name).partition('_')[2]}/a/{one.id}/",
            "distinguished": None,
        }
        if one.link is None:
            count = sum(self.stands(under) for under in self.all_under(one.name))
            data |= {"title": one.title, "selftext": text, "num_comments": count, "removed_by_category": None}
        else:
            data |= {"body": text, "link_id": one.link, "parent_id": one.parent, "replies": ""}
        if self.now >= one.deleted_at:
            data |= {name: word for name, word in EMPTIED.items() if name in data}
            data.pop("author_fullname")
        if self.now >= one.removed_at:
            data |= {"body" if one.link else "selftext": "[removed]", "author": "[deleted]"}
        return {"kind": one.name[:2], "data": data}
