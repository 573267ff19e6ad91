"""Lives a community's days one after the other: arrivals, departures, acts, and the community's own events."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from sandbox import people
from sandbox.chat import ChatWriter
from sandbox.chat_bots import bridged, digest, rearrange
from sandbox.chat_text import slack_id
from sandbox.forum import ForumWriter
from sandbox.model import Community, Person
from sandbox.moments import DAY, HOUR, SECOND
from sandbox.rarities import plant
from sandbox.words import Words, names

NAME = "Lanternfield"
_Step = Callable[[], None]


@dataclass(slots=True)
class Story:
    """The state of the simulation between two days."""

    rng: random.Random
    npr: np.random.Generator
    cast: people.Cast
    start: int
    end: int
    forum: ForumWriter
    chat: ChatWriter
    answered: people.Flags
    left: set[int] = field(default_factory=set)
    bridged: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, rng: random.Random, npr: np.random.Generator, cast: people.Cast, start: int, end: int) -> Story:
        """Found both places."""
        words, count = Words.make(rng), len(cast.people)
        forum, chat = ForumWriter(rng, words, end), ChatWriter(rng, words, end)
        owner = next(person for person in cast.people if person.tier == "staff")
        cast.arrive[owner.number] = 0
        forum.found(start)
        chat.found(start, slack_id("U", owner.number + 1))
        bridged = [name for name, _ in names(rng, max(3, count // 120))]
        answered = np.zeros(count, dtype=np.bool_)
        return cls(rng, npr, cast, start, end, forum, chat, answered, bridged=bridged)

    def live(self, day: int) -> None:
        """One day: arrivals, departures, acts and the community's own events, in order of time."""
        steps = [*self._arrivals(day), *self._departures(day), *self._acts(day), *self._events(day)]
        steps.sort(key=lambda step: step[0])
        for _, step in steps:
            step()

    def _at(self, day: int, fraction: float) -> int:
        return self.start + day * DAY + int(fraction * (DAY - 120 * SECOND))

    def _arrivals(self, day: int) -> list[tuple[int, _Step]]:
        steps: list[tuple[int, _Step]] = []
        for number in np.flatnonzero(self.cast.arrive == day):
            at = self._at(day, 0.9 * self.rng.random())
            person = self.cast.people[number]
            person.arrived_at = at
            steps.append((at, partial(self._join, person, at)))
            if person.tier != "observer" and self.rng.random() < 0.7:
                later = at + int(self.rng.random() * (self._at(day, 1.0) - at)) + 60 * SECOND
                steps.append((later, partial(self._act, person, later)))
        return steps

    def _join(self, person: Person, at: int) -> None:
        place = self.cast.place[person.number]
        if place != "chat":
            self.forum.join(person, at)
        if place != "forum":
            self.chat.join(person, at + 20 * SECOND)
        if person.tier == "staff":
            self._appoint(person)

    def _appoint(self, person: Person) -> None:
        """Two admins, then moderators; every third of the staff is staff by declaration only."""
        account = self.forum.forum.accounts[int(person.forum_id or 0)]
        user = self.chat.chat.users[str(person.chat_id)]
        seen = sum(1 for other in self.forum.forum.accounts.values() if other.admin or other.moderator) - 1
        user.is_owner = not any(other.is_owner for other in self.chat.chat.users.values())
        if seen < 2 or person.number % 3:
            account.admin, account.moderator, account.trust_level = seen < 2, True, 4
            user.is_admin = True

    def _departures(self, day: int) -> list[tuple[int, _Step]]:
        steps: list[tuple[int, _Step]] = []
        ends = np.where(self.answered, self.cast.ends[1], self.cast.ends[0])
        for number in np.flatnonzero((ends == day - 1) & (ends >= 0) & self.cast.says_goodbye):
            at = self._at(day, self.rng.random())
            steps.append((at, partial(self._leave, self.cast.people[number], at)))
        return steps

    def _leave(self, person: Person, at: int) -> None:
        if person.number in self.left:
            return
        self.left.add(person.number)
        if person.chat_id:
            self.chat.leave(person, at)
        if person.forum_id and self.rng.random() < 0.4:
            self._delete_account(person, at)

    def _delete_account(self, person: Person, at: int) -> None:
        """The account goes; what it wrote goes with it when it is little, else it stays under another name."""
        account = self.forum.forum.accounts[int(person.forum_id or 0)]
        own = self.forum.by_account.get(account.id, [])
        if len(own) > 3 or any(post.number == 1 for post in own):
            account.renames.append((at, f"anon{100_000 + account.id * 7 % 900_000}", ""))
            return
        account.deleted_at = at
        for post in own:
            post.edits = [edit for edit in post.edits if edit[0] < at]
            if post.gone_at is None or post.gone_at > at:
                post.deleted_at, post.deleted_by, post.gone_at = at, "staff", at

    def _acts(self, day: int) -> list[tuple[int, _Step]]:
        cast = self.cast
        alive = np.where(self.answered, cast.lives[1][day], cast.lives[0][day]) & (cast.arrive < day)
        chance = np.minimum(cast.chance * cast.week[:, day % 7] * self._season(day), 0.97) * alive
        active = np.flatnonzero(self.npr.random(len(chance)) < chance)
        counts = 1 + self.npr.poisson(cast.burst[active])
        steps: list[tuple[int, _Step]] = []
        for number, count in zip(active, counts, strict=True):
            person = cast.people[number]
            for hour in self.npr.normal(cast.peak[number], 3.0, count + 1):
                at = self._at(day, ((hour - cast.offset[number]) % 24) / 24)
                steps.append((at, partial(self._act, person, at)))
            at, _ = steps.pop()
            steps.append((at, partial(self._appreciate, person, at)))
        return steps

    def _season(self, day: int) -> float:
        """Quiet Augusts and year's ends."""
        date = np.datetime64(self.start, "us") + np.timedelta64(day, "D")
        month = int(str(date)[5:7])
        return 0.78 if month == 8 or str(date)[5:10] >= "12-22" else 1.0

    def _act(self, person: Person, at: int) -> None:
        in_chat = person.chat_id is not None and str(person.chat_id) in self.chat.joined
        in_forum = person.forum_id is not None
        if person.number in self.left or not (in_chat or in_forum):
            return
        chats = in_chat and (not in_forum or self.rng.random() < self.cast.chat_share[person.number])
        answered = self.chat.act(person, at) if chats else self.forum.act(person, at)
        if answered is not None and answered != person.number:
            self.answered[answered] = True

    def _appreciate(self, person: Person, at: int) -> None:
        for _ in range(int(self.rng.random() * 4) if person.number not in self.left else 0):
            if person.forum_id is not None and self.rng.random() < 0.6:
                self.forum.like(person, at)
            elif str(person.chat_id) in self.chat.joined:
                self.chat.react(person, at)

    def _events(self, day: int) -> list[tuple[int, _Step]]:
        rng, total, steps = self.rng, (self.end - self.start) // DAY, list[tuple[int, _Step]]()
        noon = self._at(day, 0.5)
        if day % 7 == 0:
            steps.append((self._at(day, 0.3), partial(digest, self.chat, self._at(day, 0.3))))
        for _ in range(int(self.npr.poisson(min(1.5, len(self.bridged) / 12)))):
            at = self._at(day, rng.random())
            steps.append((at, partial(bridged, self.chat, rng.choice(self.bridged), at)))
        if day in (total * 2 // 5, total * 4 // 5):
            steps.append((noon, partial(self.forum.split, noon)))
        if day == total * 11 // 20:
            steps.append((noon, partial(self._rename, noon)))
            steps.append((noon, partial(rearrange, self.chat, noon)))
        return steps

    def _rename(self, at: int) -> None:
        """Three accounts take new names; the third takes the one the first gave up. Two are suspended."""
        cast, accounts = self.cast, self.forum.forum.accounts
        stable = [p for p in cast.people if p.tier in ("core", "regular", "occasional")]
        known = [p.forum_id for p in stable if p.forum_id and p.number not in self.left]
        for step, account in enumerate(accounts[number] for number in known[:5]):
            later = at + step * HOUR
            if step < 2:
                account.renames.append((later, f"{account.username}_renamed", account.name))
            elif step == 2:
                account.renames.append((later, accounts[int(known[0] or 0)].username, account.name))
            else:
                account.suspended_at = later

    def told(self, seed: int, outage: tuple[int, int], campaign: tuple[int, int]) -> Community:
        """The finished community, in order, nothing lying after its end."""
        forum, chat = self.forum.forum, self.chat.chat
        plant(forum, chat, self.end)
        for post in forum.posts.values():
            deleted = [forum.topics[topic].deleted_at for topic in (post.topic_id, *(m[1] for m in post.moves))]
            gone = [at for at in (*deleted, post.gone_at) if at is not None]
            post.gone_at = min(gone) if gone else None
            post.likes = sorted(like for like in post.likes if like[0] < self.end)
        chat.messages.sort(key=lambda message: (message.at, message.channel))
        chat.memberships.sort(key=lambda event: (event.at, event.channel))
        until = self.start + campaign[1] * DAY
        people_now = [person for person in self.cast.people if person.forum_id or person.chat_id]
        return Community(NAME, seed, self.start, self.end, people_now, forum, chat, outage, (campaign[0], until))
