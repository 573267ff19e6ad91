"""Who follows the watched accounts: notifications tell it to the second, lists compared tell the rest as intervals.

A moderator's notifications tell of sign-ups as well: who joined the server.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sources.connector import Context, Coverage, Item, Page, unseen
from sources.errors import Unauthorized
from sources.mastodon import records
from sources.mastodon.api import Server
from sources.mastodon.land import Lander, moment
from sources.mastodon.records import Record
from sources.mastodon.walk import age

FOLLOW, SIGN_UP = "follow", "admin.sign_up"
AGAIN = timedelta(hours=20)  # a list costs a request for eighty followers: once a day is enough
NOBODY = (
    "no account is watched, so follows are not seen; set access_token (its own account is watched then) "
    "or name local accounts in `accounts`"
)
BEFORE = "who unfollowed before the first list of followers is not known, and who followed not always when"
SINCE = "who unfollowed since the last list of followers is told by the next one, within a day"
NO_NOTIFICATIONS = (
    "the access_token lacks the scope 'read:notifications': follows are dated by comparing lists only and sign-ups are "
    "not seen; give it that scope"
)
HIDDEN = (
    "its followers are hidden or another server's: follows and unfollows are not seen; "
    "watch an account of this server that shows its followers"
)


class Follows:
    """One run's look at the watched accounts' followers."""

    def __init__(self, server: Server, lander: Lander, context: Context) -> None:
        """Asks nothing yet."""
        self.server, self.lander, self.context = server, lander, context
        self.listed: dict[str, str] = context.state.setdefault("listed", {})

    def run(self) -> Iterator[Item]:
        """Follows and unfollows of each watched account, and how many followers it states."""
        own = self.server.me() if self.server.has_token else None
        watched = [self.server.lookup(name) for name in self.context.options.accounts]
        watched = watched or ([own] if own else [])
        if not watched:
            yield Coverage("memberships", None, None, NOBODY)
            return
        yield from self.lander.accounts(watched)
        told = [(one["id"], one["followers_count"]) for one in watched if one.get("followers_count") is not None]
        yield Page("counts", [records.count("account", key, "followers", value) for key, value in told])
        hidden = []
        for account in watched:
            is_own = own is not None and own.get("id") == account.get("id")
            if is_hidden(account, is_own):
                hidden.append(str(account.get("acct")))
            else:
                yield from self._account(str(account.get("id")), is_own)
        for acct in hidden:
            yield Coverage("memberships", None, None, f"@{acct[:80]}: {HIDDEN}")
        if not hidden:
            since = datetime.fromisoformat(self.context.state.setdefault("watched_since", self.context.now.isoformat()))
            last = min(datetime.fromisoformat(self.listed[str(one["id"])]) for one in watched)
            yield Coverage("memberships", None, since, BEFORE)
            yield Coverage("memberships", since, last)
            if last < self.context.now:
                yield Coverage("memberships", last, self.context.now, SINCE)

    def _account(self, followed: str, is_own: bool) -> Iterator[Item]:
        """A list is read before the notifications: whoever comes between the two is told by the later one."""
        last, told = self.listed.get(followed), set[str]()
        is_due = self.context.full or last is None or self.context.now - datetime.fromisoformat(last) >= AGAIN
        present = (yield from self._list(followed)) if is_due else set[str]()
        if is_own:
            told = yield from self._told(followed)
        if is_due:
            yield from self._compare(followed, present - told, self._standing(followed) - told)
            self.listed[followed] = self.context.now.isoformat()

    def _list(self, followed: str) -> Generator[Item, None, set[str]]:
        """All followers."""
        present = set[str]()
        for answer in self.server.pages(f"api/v1/accounts/{followed}/followers", {"limit": 80}):
            people = records.objects(answer.found)
            yield from self.lander.accounts(people)
            present |= {str(one["id"]) for one in people if one.get("id")}
        return present

    def _compare(self, followed: str, present: set[str], before: set[str]) -> Iterator[Item]:
        """What two lists tell; those of the first list have followed since an unknown time."""
        now, last = self.context.now, _moment(self.listed.get(followed))
        came, went = sorted(present - before), sorted(before - present)
        rows = [records.follow(one, followed, "follow", now if last else None, last, exact=False) for one in came]
        rows += [records.follow(one, followed, "unfollow", now, last, exact=False) for one in went]
        if rows:
            yield Page("memberships", rows)

    def _told(self, followed: str) -> Generator[Item, None, set[str]]:
        """Follows as the token's own notifications tell them; returns who came."""
        mark = top = str(self.context.state.get("told") or "")
        params = {"types[]": [FOLLOW, SIGN_UP], "limit": 80} | ({"since_id": mark} if mark else {})
        told = set[str]()
        try:
            for answer in self.server.pages("api/v1/notifications", params):
                found = [one for one in records.objects(answer.found) if one.get("id")]
                yield from self.lander.accounts([one.get("account") for one in found])
                rows = [row for one in found if one.get("type") == FOLLOW for row in self._follow(followed, one, told)]
                rows += [records.sign_up(one) for one in found if one.get("type") == SIGN_UP]
                if rows:
                    yield Page("memberships", rows)
                ids = [str(one["id"]) for one in found]
                top = max([top, *ids], key=age)
                if mark and any(age(one) <= age(mark) for one in ids):
                    break
        except Unauthorized:
            yield unseen(self.context, "memberships", NO_NOTIFICATIONS)
            return told
        self.context.state["told"] = top
        return told

    def _follow(self, followed: str, notification: Record, told: set[str]) -> Iterator[Record]:
        """A follow told; where the one before it still stood, the unfollowing between was missed."""
        follower = records.notifier(notification)
        at, last = moment(notification), _moment(self.listed.get(followed))
        if (follower, followed, "follow", at) in self._events:
            return
        if last and at and at > last and follower in self._standing(followed) - told:
            yield records.follow(follower, followed, "unfollow", at, last, exact=False)
        told.add(str(follower))
        yield records.follow(follower, followed, "follow", notification.get("created_at"), exact=True)

    def _standing(self, followed: str) -> set[str]:
        """Who follows an account, by what the warehouse knows: more follows than unfollows."""
        balance: dict[str, int] = {}
        for account, target, event, _ in self._events:
            if target == followed:
                balance[account] = balance.get(account, 0) + (1 if event == "follow" else -1)
        return {account for account, stands in balance.items() if stands > 0}

    @cached_property
    def _events(self) -> set[tuple[Any, ...]]:
        """(who, whom, what, when) as the warehouse knows it."""
        table = self.context.known("memberships")
        names = ("account_id", "scope_id", "event", "occurred_at")
        return set(zip(*(table[name].to_pylist() for name in names), strict=True))


def is_hidden(account: Record, is_own: bool) -> bool:
    """Whether a list of an account's followers would prove nothing: it is hidden, or of another server's account."""
    return "@" in str(account.get("acct")) or (account.get("hide_collections") is True and not is_own)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
