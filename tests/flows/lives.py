"""Who stayed, left, fell silent and came back, recounted member by member from what happened in the simulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sandbox import truth
from sandbox.model import Community
from sandbox.moments import moment


@dataclass(frozen=True)
class Clock:
    """The days of one source, with what share of each was not heard; silence is counted in those heard whole."""

    as_of: date
    unheard: Mapping[date, float]

    def heard(self, since: date, until: date) -> int:
        """Heard days after `since` up to `until`."""
        whole = (until - since).days
        return whole - sum(1 for day in self.unheard if since < day <= until)

    def cut(self, window: int) -> date:
        """The last day of which it can be said who fell silent."""
        day = self.as_of
        while self.heard(day, self.as_of) < window:
            day -= timedelta(1)
        return day

    def unheard_share(self, start: date, end: date) -> float:
        """How much of a period was not heard."""
        return sum(share for day, share in self.unheard.items() if start <= day <= end) / ((end - start).days + 1)


@dataclass(frozen=True)
class Member:
    """The active days of an account, in order, and the day it left if it did."""

    days: tuple[date, ...]
    left_on: date | None = None


Alive = dict[str, tuple[Clock, dict[str, Member]]]


def alive(community: Community, acts: Iterable[truth.Act], zone: ZoneInfo) -> Alive:
    """Of each source its clock, and by account its members: those who left the chat are known, as it dates them."""

    def local(at: datetime) -> date:
        return at.replace(tzinfo=UTC).astimezone(zone).date()

    roles = truth.roles(community)
    closed = {user.id for user in community.chat.users.values() if user.deleted_at is not None}
    left = {
        ("chat", one.account): local(one.at)
        for one in truth.memberships(community)
        if one.account in closed and one.event == "leave" and not one.is_lost
    }
    found: dict[str, dict[str, Member]] = {"forum": {}, "chat": {}}
    for account, days in truth.active_days(acts, str(zone)).items():
        if roles[account] == "member":
            found[account[0]][account[1]] = Member(tuple(sorted(days)), left.get(account))
    as_of = local(moment(community.end))
    outage = unheard(*(moment(at).replace(tzinfo=UTC).astimezone(zone) for at in community.outage))
    return {"forum": (Clock(as_of, {}), found["forum"]), "chat": (Clock(as_of, outage), found["chat"])}


def unheard(start: datetime, end: datetime) -> dict[date, float]:
    """The share of each local day that an outage took; no clock changes in it."""
    found: dict[date, float] = {}
    at = start
    while at < end:
        midnight = datetime.combine(at.date() + timedelta(1), time.min, tzinfo=at.tzinfo)
        found[at.date()] = (min(midnight, end) - at) / timedelta(1)
        at = midnight
    return found


def lives(member: Member, clock: Clock, window: int) -> Iterator[tuple[int, bool]]:
    """Length in days and whether it ended, of each spell that began before the cut."""
    cut, start = clock.cut(window), member.days[0]
    for day, following in pairwise([*member.days, None]):
        assert day is not None
        gone = member.left_on if following is None else None
        if gone is not None and clock.heard(day, gone) <= window:
            end = gone
        elif clock.heard(day, following or clock.as_of) > window:
            end = day
        elif following is None:
            end = date.max
        else:
            continue
        if start <= cut:
            yield (min(end, cut) - start).days, end <= cut
        start = following or date.max


def status(member: Member, clock: Clock, window: int) -> str:
    """Active, silent or left."""
    if member.left_on is not None:
        return "left"
    return "active" if clock.heard(member.days[-1], clock.as_of) <= window else "silent"


def flows(members: list[Member], before: tuple[date, date], now: tuple[date, date]) -> tuple[int, ...]:
    """Active, new, retained, resurrected, churned from one period to the next, and of these who left by its end."""

    def is_active(member: Member, period: tuple[date, date]) -> bool:
        return any(period[0] <= day <= period[1] for day in member.days)

    active = [one for one in members if is_active(one, now)]
    new = [one for one in active if one.days[0] >= now[0]]
    retained = [one for one in active if is_active(one, before)]
    churned = [one for one in members if is_active(one, before) and not is_active(one, now)]
    left = [one for one in churned if one.left_on is not None and one.days[-1] <= before[1] and one.left_on <= now[1]]
    back = len(active) - len(new) - len(retained)
    return len(active), len(new), len(retained), back, len(churned), len(left)
