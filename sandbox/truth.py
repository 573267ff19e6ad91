"""What really happened in a simulated community: the facts that marts and counts are checked against.

Accounts are (place, native id): a forum user id as text, a chat user id, a bot id, or `<bot id>/<username>` for one a
bridge speaks for. Instants are naive UTC, so that any time zone can be applied. Days need a zone: `active_days`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from sandbox.acts import Act, Kind, acts
from sandbox.model import SYSTEM, Community, Place
from sandbox.moments import micros, moment, slack_ts

__all__ = [
    "Account", "Act", "Kind", "Membership", "Question", "Silence", "active_days", "acts", "counts", "memberships",
    "persons", "questions", "reactions", "readable", "roles", "silences",
]  # fmt: skip

Account = tuple[Place, str]
Role = Literal["member", "staff", "bot", "system"]


@dataclass(frozen=True, slots=True)
class Membership:
    """A join or a leave; on the forum an account made or deleted, in the chat a channel joined or left."""

    place: Place
    account: str
    at: datetime
    event: Literal["join", "leave"]
    channel: str
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its first answers by another person; None: not answered so far."""

    place: Place
    id: str
    account: str
    asked_at: datetime
    answered_at: datetime | None
    answered_by_peer_at: datetime | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap in an account's acts; `until` None: still silent at the as-of."""

    account: Account
    since: datetime
    until: datetime | None


def readable(found: Iterable[Act], at: datetime) -> list[Act]:
    """What one who comes once, at that moment, can read: not lost, not gone. The forum's small actions (system) are
    among them, though /posts.json leaves them out."""
    return [act for act in found if act.at <= at and not act.is_lost and (act.gone_at is None or act.gone_at > at)]


def counts(found: Iterable[Act]) -> Counter[tuple[Place, Kind]]:
    """Messages by place and kind."""
    return Counter((act.place, act.kind) for act in found)


def active_days(found: Iterable[Act], timezone: str) -> dict[Account, set[date]]:
    """The local days on which each account wrote something that is not a system message."""
    zone = ZoneInfo(timezone)
    days: dict[Account, set[date]] = defaultdict(set)
    for act in found:
        if act.kind != "system":
            days[act.place, act.account].add(act.at.replace(tzinfo=UTC).astimezone(zone).date())
    return dict(days)


def memberships(community: Community, until: datetime | None = None) -> list[Membership]:
    """Joins and leaves before `until`, by time."""
    end, lost = micros(until) if until else community.end, range(*community.outage)
    found = [
        Membership("chat", event.user, moment(event.at), event.event, event.channel, event.at in lost)
        for event in community.chat.memberships
        if event.at < end
    ]
    for account in community.forum.accounts.values():
        if account.id != SYSTEM and account.created_at < end:
            found.append(Membership("forum", str(account.id), moment(account.created_at), "join", "", False))
        if account.deleted_at is not None and account.deleted_at < end:
            found.append(Membership("forum", str(account.id), moment(account.deleted_at), "leave", "", False))
    return sorted(found, key=lambda event: (event.at, event.account, event.channel))


def roles(community: Community) -> dict[Account, Role]:
    """The role of every account that ever was; staff is staff whether the platform says so or the configuration."""
    staff = {person.number for person in community.people if person.role == "staff"}
    found: dict[Account, Role] = {("forum", str(SYSTEM)): "system", ("chat", "USLACKBOT"): "system"}
    for account in community.forum.accounts.values():
        if account.person is not None:
            found["forum", str(account.id)] = "staff" if account.person in staff else "member"
    for user in community.chat.users.values():
        found["chat", user.id] = "bot" if user.is_bot else "staff" if user.person in staff else "member"
        if user.bot_id:
            found["chat", user.bot_id] = "bot"
    for one in community.chat.messages:
        if one.bridged:
            found["chat", one.account] = "member"
    return found


def persons(community: Community) -> dict[int, list[Account]]:
    """The accounts of each person; those with two are in both places."""
    found: dict[int, list[Account]] = {}
    for person in community.people:
        found[person.number] = [("forum", str(person.forum_id))] if person.forum_id is not None else []
        found[person.number] += [("chat", person.chat_id)] if person.chat_id is not None else []
    return found


def reactions(community: Community, until: datetime | None = None) -> list[tuple[str, str, str]]:
    """(message id, reaction, account) that an export made at `until` shows."""
    end, lost = micros(until) if until else community.end, range(*community.outage)
    return [
        (f"{one.channel}/{slack_ts(one.at)}", name, account)
        for one in community.chat.messages
        if one.at < end and one.at not in lost and not (one.deleted_at is not None and one.deleted_at <= end)
        for at, name, account in one.reactions
        if at <= end
    ]


def questions(community: Community, found: Iterable[Act]) -> list[Question]:
    """The questions among `found` and when each was first answered in `found` by another person."""
    role = roles(community)
    answers: dict[tuple[Place, str], list[Act]] = defaultdict(list)
    asked: list[Act] = []
    for act in found:
        if act.is_question and role[act.place, act.account] in ("member", "staff"):
            asked.append(act)
        elif act.kind == "comment" and role[act.place, act.account] in ("member", "staff"):
            answers[act.place, act.thread].append(act)
    made = []
    for act in asked:
        others = [one for one in answers[act.place, act.thread] if one.account != act.account]
        peers = [one for one in others if role[one.place, one.account] == "member"]
        first, peer = (min((one.at for one in some), default=None) for some in (others, peers))
        made.append(Question(act.place, act.id, act.account, act.at, first, peer))
    return made


def silences(found: Iterable[Act], window_days: int, as_of: datetime) -> list[Silence]:
    """Gaps longer than the window between an account's acts: those who fell silent, and when they came back."""
    times: dict[Account, list[datetime]] = defaultdict(list)
    for act in found:
        if act.kind != "system":
            times[act.place, act.account].append(act.at)
    window, made = timedelta(days=window_days), []
    for account, own in sorted(times.items()):
        own.sort()
        made += [Silence(account, a, b) for a, b in pairwise(own) if b - a > window]
        if as_of - own[-1] > window:
            made.append(Silence(account, own[-1], None))
    return made
