"""Reads who belongs to the forum: the admin list where a key allows it, otherwise the authors of posts."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from sources.connector import Context, Coverage, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum
from sources.errors import NotFound, Unauthorized

FULL_EVERY = timedelta(hours=20)  # a complete list costs a request per hundred members: once a day is enough
CHECKED = 200  # departures confirmed one by one in a run
NO_KEY = (
    "no api_key: only people who post are seen, joining and leaving are not; "
    "set the api_key and api_username of an admin"
)
NOT_ALLOWED = (
    "the api_key may not read the member list: joining and leaving are not seen; "
    "give it the scope 'users: list' or use an admin's key"
)


BEFORE = "who had left before the first complete list of members is not known"
SINCE = "who has left since the last complete list is told by the next one, within a day"


class Authors:
    """Decides which authors become account rows: the newest post of an author speaks, once a run."""

    def __init__(self, known: set[int], has_list: bool) -> None:
        """With a member list, authors fill in only those it lacks."""
        self.known, self.has_list, self.seen = known, has_list, set[int]()

    def of(self, posts: list[dict[str, Any]], *, fresh: bool) -> list[dict[str, Any]]:
        """Account rows of the authors of posts, given newest first; `fresh` posts may update known accounts."""
        rows = []
        for post in sorted(posts, key=lambda post: -(post["id"] if isinstance(post.get("id"), int) else 0)):
            user_id = post.get("user_id")
            if not isinstance(user_id, int) or user_id in self.seen:
                continue
            self.seen.add(user_id)
            if user_id not in self.known or (fresh and not self.has_list):
                rows.append(records.author(post))
        return rows


def read(forum: Forum, context: Context) -> Generator[Item, None, Authors]:
    """Accounts and membership events of the admin list; returns what the posts' authors are measured against."""
    known = set(context.known("accounts")["id"].to_pylist())
    try:
        first = forum.users(1) if forum.has_key else None
    except (Unauthorized, NotFound):
        first = None
    if first is None:
        reason = NOT_ALLOWED if forum.has_key else NO_KEY
        yield Coverage("memberships", None, None, reason)
        return Authors(known, has_list=False)
    listing = _Listing(forum, context, known)
    yield from listing.run(first)
    yield from listing.coverage()
    return Authors(listing.known | listing.joined.keys(), has_list=True)


class _Listing:
    """One reading of the admin list: complete once a day, else only its newest accounts."""

    def __init__(self, forum: Forum, context: Context, known: set[int]) -> None:
        self.forum, self.context, self.known = forum, context, known
        self.joined: dict[int, int] = _joined(context)
        self.last = context.state.get("listed_at")
        is_due = self.last is None or context.now - datetime.fromisoformat(self.last) >= FULL_EVERY
        self.is_complete = context.full or is_due

    def run(self, users: list[dict[str, Any]]) -> Generator[Item, None, None]:
        present: set[int] = set()
        page = 1
        while users and (ids := records.ids(users)) - present:  # a page that brings nobody new ends the list
            yield Page("accounts", [records.listed(user) for user in users])
            yield Page("memberships", [row for user in users for row in self._join(user)])
            present |= ids
            if not self.is_complete and ids & self.joined.keys():
                break
            page += 1
            users = self.forum.users(page)
        self.known |= present
        if self.is_complete:
            yield from self._departures(present)
            self.context.state["listed_at"] = self.context.now.isoformat()
        for user_id in present:
            self.joined.setdefault(user_id, 1)

    def _join(self, user: dict[str, Any]) -> list[dict[str, Any]]:
        """A join if the account is new to us; one that had left and is back joined somewhen since the last list."""
        user_id = user.get("id")
        stays = self.joined.get(user_id) if isinstance(user_id, int) else None
        if stays is None:
            return [records.join(user_id, user.get("created_at"), exact=True)]
        if stays <= 0:
            return [records.join(user_id, self.context.now, self._last(), exact=False)]
        return []

    def _departures(self, present: set[int]) -> Generator[Item, None, None]:
        """Those who were on the last complete list and are not on this one; a list can shift while it is read."""
        missing = sorted(user_id for user_id, stays in self.joined.items() if stays > 0 and user_id not in present)
        gone = [user_id for user_id in missing[:CHECKED] if not self.forum.is_active(user_id)]
        if gone:
            yield Page("memberships", [records.leave(user_id, self.context.now, self._last()) for user_id in gone])
            yield Page("accounts", [{"id": user_id, "is_listed": True, "is_deleted": True} for user_id in gone])

    def coverage(self) -> Iterator[Coverage]:
        """Seen from the first complete list to the last; joining is dated exactly even so."""
        last = datetime.fromisoformat(self.context.state["listed_at"])
        first = datetime.fromisoformat(self.context.state.setdefault("first_listed_at", last.isoformat()))
        yield Coverage("memberships", None, first, BEFORE)
        yield Coverage("memberships", first, last)
        if last < self.context.now:
            yield Coverage("memberships", last, self.context.now, SINCE)

    def _last(self) -> datetime | None:
        return datetime.fromisoformat(self.last) if self.last else None


def _joined(context: Context) -> dict[int, int]:
    """For each account with membership events, joins less leaves."""
    events = context.known("memberships")
    balance: dict[int, int] = {}
    for user_id, event in zip(events["account_id"].to_pylist(), events["event"].to_pylist(), strict=True):
        balance[user_id] = balance.get(user_id, 0) + (1 if event == "join" else -1)
    return balance
