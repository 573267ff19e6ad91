"""Writes a simulated forum: topics, replies, likes, edits, deletions, renames, moves and splits."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from sandbox.forum_fates import asks, change_later, decide, username
from sandbox.hostile import HOSTILE_TEXTS
from sandbox.model import SYSTEM, Category, Forum, ForumAccount, Person, Post, Topic
from sandbox.moments import DAY, HOUR
from sandbox.words import Words

_CATEGORIES = ("Help", "Workshop", "Gatherings", "Ideas", "Off the path", "Staff notes")
_HELP = 2
_OPENS = {"staff": 0.08, "core": 0.12, "regular": 0.16, "occasional": 0.3, "visitor": 0.45, "observer": 0.5}
_ASKS = {"staff": 0.05, "core": 0.25, "regular": 0.4, "occasional": 0.6, "visitor": 0.75, "observer": 0.7}
_HELPS = {"staff": 0.5, "core": 0.25, "regular": 0.15}


@dataclass(slots=True)
class ForumWriter:
    """Appends to a forum in order of time; later fates (edits, deletions) are decided at birth."""

    rng: random.Random
    words: Words
    end: int
    forum: Forum = field(default_factory=Forum)
    recent: list[int] = field(default_factory=list)
    waiting: dict[int, None] = field(default_factory=dict)
    thread: dict[int, list[Post]] = field(default_factory=dict)
    highest: dict[int, int] = field(default_factory=dict)
    fresh: list[Post] = field(default_factory=list)
    by_account: dict[int, list[Post]] = field(default_factory=dict)
    last_post: int = 0
    last_topic: int = 0
    last_account: int = 0

    def found(self, at: int) -> None:
        """The system account, the categories and a welcome topic in each."""
        self.forum.accounts[SYSTEM] = ForumAccount(
            SYSTEM, "system", "system", at, None, "no_email@example.org", admin=True, moderator=True, trust_level=4
        )
        for number, name in enumerate(_CATEGORIES, start=1):
            slug = name.lower().replace(" ", "-")
            self.forum.categories.append(Category(number, name, slug, 1 if number == _HELP else None))
            topic = self._topic(at + number, SYSTEM, f"About the {name} category", number, False)
            self._post(topic, at + number, SYSTEM, f"What belongs into {name}: lanterns and everything near them.")

    def join(self, person: Person, at: int) -> None:
        """Open an account; the first two of the staff are admins, the last is staff by declaration only."""
        self.last_account += 1 if self.rng.random() < 0.9 else 2
        account = ForumAccount(self.last_account, person.handle, person.name, at, person.number, person.email)
        person.forum_id = account.id
        self.forum.accounts[account.id] = account

    def act(self, person: Person, at: int) -> int | None:
        """One topic or reply; returns the number of the person it answered for the first time, if any."""
        tier = person.tier
        if not self.recent or self.rng.random() < _OPENS[tier]:
            self._open(person, at)
            return None
        topic = self._find(person, at)
        if topic is None:
            self._open(person, at)
            return None
        if tier == "staff" and self.rng.random() < 0.02 and len(self.thread[topic.id]) > 4:
            self._close(topic, person, at)
            return None
        return self._reply(person, topic, at)

    def _find(self, person: Person, at: int) -> Topic | None:
        rng, topics = self.rng, self.forum.topics
        if self.waiting and rng.random() < _HELPS.get(person.tier, 0.05):
            chosen = rng.choice(list(self.waiting))
            if topics[chosen].account_id != person.forum_id and at - topics[chosen].at > HOUR // 4:
                return self._alive(chosen, at)
        back = min(int(rng.expovariate(0.2)), len(self.recent) - 1)
        return self._alive(self.recent[-1 - back], at)

    def _alive(self, topic_id: int, at: int) -> Topic | None:
        topic = self.forum.topics[topic_id]
        if topic.deleted_at is not None and topic.deleted_at <= at:
            self.recent.remove(topic_id) if topic_id in self.recent else None
            self.waiting.pop(topic_id, None)
            return None
        return topic

    def _open(self, person: Person, at: int) -> None:
        rng = self.rng
        asked = rng.random() < _ASKS[person.tier]
        in_title = asked and rng.random() < 0.8
        text = self.words.ask() if asked and (not in_title or rng.random() < 0.75) else self.words.say(6)
        category = _HELP if asked and rng.random() < 0.7 else rng.choice((1, 2, 3, 4, 5, 5))
        topic = self._topic(at, int(person.forum_id or 0), self.words.title(in_title), category, asked)
        post = self._post(topic, at, topic.account_id, self._dress(text, None))
        post.is_question = asked
        self.fresh.append(post)
        del self.fresh[:-60]
        decide(self.rng, self.words, post, self.end)
        self._bump(topic.id)
        if asked and rng.random() > 0.3:
            self.waiting[topic.id] = None
            if len(self.waiting) > 40:
                self.waiting.pop(next(iter(self.waiting)))
        change_later(self.rng, self.words, topic, self.end)

    def _topic(self, at: int, account: int, title: str, category: int, asked: bool) -> Topic:
        self.last_topic += 1 if self.rng.random() < 0.9 else 2
        number = self.last_topic
        topic = Topic(number, title, category, account, at, asked)
        if account != SYSTEM and self.rng.random() < 0.004:
            deleted = at + int(self.rng.uniform(1, 20) * DAY)
            topic.deleted_at = deleted if deleted < self.end else None
        self.forum.topics[number] = topic
        self.thread[number], self.highest[number] = [], 0
        return topic

    def _post(self, topic: Topic, at: int, account: int, raw: str, kind: int = 1) -> Post:
        self.last_post += 1 if self.rng.random() < 0.95 else self.rng.randrange(2, 6)
        self.highest[topic.id] += 1
        post = Post(self.last_post, topic.id, self.highest[topic.id], account, at, raw, kind=kind)
        self.forum.posts[post.id] = post
        self.by_account.setdefault(account, []).append(post)
        self.thread[topic.id].append(post)
        return post

    def _reply(self, person: Person, topic: Topic, at: int) -> int | None:
        rng, posts = self.rng, self.thread[topic.id]
        text = self.words.ask() if rng.random() < 0.12 else self.words.say(5)
        answered = rng.choice(posts[-6:])
        to = answered if answered.number > 1 and answered.kind == 1 and rng.random() < 0.5 else None
        post = self._post(topic, at, int(person.forum_id or 0), self._dress(text, to))
        post.reply_to = to.number if to else None
        self._mention(post, to or posts[0])
        self.fresh.append(post)
        del self.fresh[:-60]
        decide(self.rng, self.words, post, self.end)
        self._bump(topic.id)
        if topic.account_id == post.account_id:
            return None
        self.waiting.pop(topic.id, None)
        if topic.is_question and topic.accepted is None and rng.random() < 0.2:
            accepted = at + int(rng.uniform(0.05, 2) * DAY)
            topic.accepted = (accepted, post.id) if accepted < self.end else None
        asker = self.forum.accounts[topic.account_id].person
        return asker if at - topic.at < 2 * DAY else None

    def _dress(self, text: str, quoted: Post | None) -> str:
        rng = self.rng
        luck = rng.random()
        if quoted is not None and luck < 0.25:
            name = self._username(quoted.account_id, quoted.at)
            line = quoted.raw.splitlines()[-1] if quoted.raw else ""
            return f'[quote="{name}, post:{quoted.number}, topic:{quoted.topic_id}"]\n{line}\n[/quote]\n\n{text}'
        if luck < 0.32:
            return f"{text}\n\n{self.words.link()}"
        if luck < 0.37:
            return f"{text} See [the notes]({self.words.link()}).\n\n```\n{self.words.code()}\n```"
        if luck < 0.375:
            return f"{text}\n\n{rng.choice(HOSTILE_TEXTS)}"
        return text

    def _mention(self, post: Post, other: Post) -> None:
        name = self._username(other.account_id, post.at)
        if other.account_id not in (SYSTEM, post.account_id) and self.rng.random() < 0.12 and name.isascii():
            post.raw = f"@{name} {post.raw}" if not post.raw.startswith("[quote") else f"{post.raw}\n\n@{name}"
            post.mentions = (name,)

    def _username(self, account_id: int, at: int) -> str:
        return username(self.forum.accounts[account_id], at)[0]

    def _bump(self, topic_id: int) -> None:
        if topic_id in self.recent:
            self.recent.remove(topic_id)
        self.recent.append(topic_id)
        del self.recent[:-70]

    def _close(self, topic: Topic, person: Person, at: int) -> None:
        self._post(topic, at, int(person.forum_id or 0), "", kind=3)
        if topic.id in self.recent:
            self.recent.remove(topic.id)
        self.waiting.pop(topic.id, None)

    def split(self, at: int) -> None:
        """Move the last three posts of a busy topic into a topic of their own."""
        busy = [t for t in self.recent if len(self.thread[t]) >= 7 and self._whole(t)]
        if not busy:
            return
        old = self.forum.topics[busy[-1]]
        moved, self.thread[old.id] = self.thread[old.id][-3:], self.thread[old.id][:-3]
        new = self._topic(at, moved[0].account_id, f"{old.title} (continued)", old.category_id, False)
        new.deleted_at = None
        moved[0].is_question = new.is_question = asks(new.title, moved[0].raw)
        for number, post in enumerate(moved, start=1):
            post.moves.append((at, new.id, number))
        self.thread[new.id], self.highest[new.id] = moved, 3
        self._bump(new.id)

    def _whole(self, topic: int) -> bool:
        """Nothing to be deleted, neither the topic nor the posts that would move."""
        fates = [self.forum.topics[topic].deleted_at, *(post.deleted_at for post in self.thread[topic][-3:])]
        return fates == [None] * 4 and all(post.kind == 1 for post in self.thread[topic][-3:])

    def like(self, person: Person, at: int) -> None:
        """Like one of the fresh posts; one like in thirty is taken back."""
        post = self.rng.choice(self.fresh) if self.fresh else None
        account = int(person.forum_id or 0)
        if post is None or post.account_id == account or any(who == account for _, who, _ in post.likes):
            return
        post.likes.append((at, account, 1))
        if self.rng.random() < 0.03 and at + DAY < self.end:
            post.likes.append((at + DAY, account, -1))
