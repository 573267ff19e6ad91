"""A server's accounts, statuses and follows as of a moment, as Mastodon's client API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from sandbox.moments import DAY, iso, moment

LOCAL = "lantern.example"
FAR = 1 << 62


@dataclass
class Person:
    """Somebody with an account; a handle with a host is another server's."""

    id: str
    acct: str
    at: int
    names: list[tuple[int, str]]
    roles: tuple[str, ...] = ()
    hides_followers: bool = False


@dataclass
class Toot:
    """A status: its id grows with time. `edits` are (at, text), `favourites` (from, until, who)."""

    id: str
    author: str
    at: int
    text: str
    answers: str | None = None
    passes_on: str | None = None
    visibility: str = "public"
    edits: list[tuple[int, str]] = field(default_factory=list)
    favourites: list[tuple[int, int, str]] = field(default_factory=list)
    gone_at: int = FAR


@dataclass
class Follow:
    """From when until when somebody follows somebody; ids grow with time."""

    id: int
    who: str
    whom: str
    at: int
    until: int = FAR


@dataclass
class Social:
    """All of a server. What is added to it is shown as soon as its instant has come."""

    people: dict[str, Person] = field(default_factory=dict)
    toots: dict[str, Toot] = field(default_factory=dict)
    follows: list[Follow] = field(default_factory=list)
    now: int = 0

    def stands(self, one: Toot) -> bool:
        """It is written and not deleted, nor is what it passes on."""
        passed = self.toots.get(one.passes_on or "")
        return one.at <= self.now < one.gone_at and (passed is None or self.stands(passed))

    def newest(self, found: Iterable[Toot]) -> list[Toot]:
        """Those that stand, newest first."""
        return sorted((one for one in found if self.stands(one)), key=lambda one: -int(one.id))

    def is_in_public(self, one: Toot) -> bool:
        """Answers to others and reblogs are in no public timeline."""
        answered = self.toots.get(one.answers or "")
        is_own = one.answers is None or (answered is not None and answered.author == one.author)
        return one.visibility == "public" and one.passes_on is None and is_own

    def answers(self, message_id: str) -> list[Toot]:
        """All that stands under a status, depth first."""
        found: list[Toot] = []
        for one in sorted(self.toots.values(), key=lambda one: int(one.id)):
            if one.answers == message_id and self.stands(one):
                found += [one, *self.answers(one.id)]
        return found

    def above(self, one: Toot) -> list[Toot]:
        """What a status answers, the first one first."""
        answered = self.toots.get(one.answers or "")
        return [*self.above(answered), answered] if answered and self.stands(answered) else []

    def favourers(self, one: Toot) -> list[str]:
        """Who favours a status now, the latest first."""
        return [who for at, until, who in reversed(one.favourites) if at <= self.now < until]

    def followers(self, whom: str) -> list[Follow]:
        """Who follows an account now, the latest first."""
        found = [one for one in self.follows if one.whom == whom and one.at <= self.now < one.until]
        return sorted(found, key=lambda one: -one.id)

    def account(self, key: str) -> dict[str, Any]:
        """An Account."""
        one = self.people[key]
        name = [name for at, name in one.names if at <= self.now][-1]
        host = one.acct.partition("@")[2] or LOCAL
        url, picture = f"https://{host}/@{one.acct.partition('@')[0]}", f"https://{LOCAL}/missing.png"
        toots = [toot for toot in self.toots.values() if toot.author == key and self.stands(toot)]
        texts = {"avatar": picture, "avatar_static": picture, "header": picture, "header_static": picture, "note": ""}
        flags = dict.fromkeys(("bot", "group", "locked", "discoverable", "indexable"), False)
        return (
            texts
            | flags
            | {
                "id": key,
                "username": one.acct.partition("@")[0],
                "acct": one.acct,
                "display_name": name,
                "created_at": iso(one.at // DAY * DAY),
                "url": url,
                "uri": url,
                "followers_count": len(self.followers(key)),
                "following_count": sum(follow.who == key and follow.until > self.now for follow in self.follows),
                "statuses_count": len(toots),
                "last_status_at": _day(max((toot.at for toot in toots), default=None)),
                "hide_collections": one.hides_followers,
                "emojis": [],
                "fields": [],
                "roles": [{"id": str(place), "name": role, "color": ""} for place, role in enumerate(one.roles)],
            }
        )

    def status(self, one: Toot) -> dict[str, Any]:
        """A Status; a reblog nests what it passes on."""
        edits = [edit for edit in one.edits if edit[0] <= self.now]
        text = edits[-1][1] if edits else one.text
        answered, person = self.toots.get(one.answers or ""), self.people[one.author]
        passed = self.toots.get(one.passes_on or "")
        lists: dict[str, Any] = {name: [] for name in ("media_attachments", "tags", "emojis", "filtered")}
        url = f"https://{LOCAL}/@{person.acct}/{one.id}"
        return lists | {
            "id": one.id,
            "created_at": iso(one.at),
            "edited_at": iso(edits[-1][0]) if edits else None,
            "in_reply_to_id": one.answers,
            "in_reply_to_account_id": answered.author if answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": one.visibility,
            "language": "en",
            "uri": url,
            "url": url,
            "replies_count": sum(other.answers == one.id and self.stands(other) for other in self.toots.values()),
            "reblogs_count": sum(other.passes_on == one.id and self.stands(other) for other in self.toots.values()),
            "favourites_count": len(self.favourers(one)),
            "content": "" if passed else self._html(text),
            "mentions": [] if passed else [self._mention(who) for who in self._named(text)],
            "reblog": self.status(passed) if passed else None,
            "account": self.account(one.author),
            "card": None,
            "poll": None,
        }

    def _named(self, text: str) -> list[Person]:
        return [one for one in self.people.values() if f"@{one.acct} " in f"{text} "]

    def _mention(self, one: Person) -> dict[str, Any]:
        url = f"https://{LOCAL}/@{one.acct}"
        return {"id": one.id, "username": one.acct.partition("@")[0], "acct": one.acct, "url": url}

    def _html(self, text: str) -> str:
        """A paragraph a blank line, a break a line; mentions are links that show no host."""
        made = escape(text)
        for one in self._named(text):
            name = one.acct.partition("@")[0]
            link = f'<a href="https://{LOCAL}/@{one.acct}" class="u-url mention">@<span>{name}</span></a>'
            made = made.replace(f"@{one.acct}", f'<span class="h-card">{link}</span>')
        return "<p>" + made.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"


def snowflake(at: int, place: int) -> str:
    """An id as Mastodon makes it: milliseconds, then a number of its own."""
    return str((at // 1000 << 16) + place % 65_536)


def _day(at: int | None) -> str | None:
    return None if at is None else datetime.strftime(moment(at), "%Y-%m-%d")
