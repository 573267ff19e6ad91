"""A Discourse forum to act in: the sandbox's double, asked without a socket."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

import httpx

from sandbox.discourse import Discourse
from sandbox.discourse_replay import Simulated
from sandbox.model import Category, Flag, Forum, ForumAccount, Post, StaffAct, Topic
from sandbox.moments import iso, micros
from tests.sources.slack.beds import FaceTransport

KEY = "secret-api-key"


class DiscourseBed:
    """One category; every act takes an hour."""

    platform = "discourse"
    options: dict[str, Any] = {"base_url": "https://forum.example"}  # noqa: RUF012
    secrets = {"api_key": KEY, "api_username": "system"}  # noqa: RUF012
    acts = frozenset({"edit", "delete", "join", "leave", "rename"})
    idle_requests = 8
    compared = ("channels", "messages", "moderation")

    def __init__(self) -> None:
        self.now = datetime(2024, 3, 1)
        root = ForumAccount(1, "root", "", micros(self.now), None, admin=True, moderator=True)
        self.forum = Forum(accounts={1: root}, categories=[Category(1, "General", "general")])
        self.face = Discourse(self._state(), KEY, "system", False, "plain")
        self.transport = FaceTransport(self.face)
        self.shown()

    def _state(self) -> Simulated:
        return Simulated(SimpleNamespace(forum=self.forum))  # type: ignore[arg-type]

    def tick(self) -> int:
        self.now += timedelta(hours=1)
        return micros(self.now) - 1_000_000

    def shown(self) -> None:
        self.face.state = self._state()
        self.face.move(micros(self.now))

    def account(self, author: str) -> int:
        return 10 + sum(ord(letter) << (8 * place) for place, letter in enumerate(author[:3]))

    def join(self, author: str) -> None:
        key, at = self.account(author), self.tick()
        known = self.forum.accounts.get(key)
        if known is None:
            self.forum.accounts[key] = ForumAccount(key, author, author, at, None)
        else:
            known.deleted_at = None
        self.shown()

    def leave(self, author: str) -> None:
        for flag in self.forum.flags:
            flag.judged = flag.judged or (micros(self.now), 1, "agreed")
        self.forum.accounts[self.account(author)].deleted_at = self.tick()
        self.shown()

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        key, at = self.account(author), self.tick()
        if key not in self.forum.accounts:
            self.forum.accounts[key] = ForumAccount(key, author, author, at - 1, None)
        number, answered = len(self.forum.posts) + 1, self.forum.posts.get(int(answers or 0))
        topic = answered.topic_id if answered else len(self.forum.topics) + 1
        if answered is None:
            self.forum.topics[topic] = Topic(topic, "A topic", 1, key, at, False)
        place = 1 + sum(post.topic_id == topic for post in self.forum.posts.values())
        reply = answered.number if answered else None
        self.forum.posts[number] = Post(number, topic, place, key, at, text, reply_to=reply)
        self.shown()
        return str(number)

    def edit(self, message: str, text: str) -> None:
        self.forum.posts[int(message)].edits.append((self.tick(), text))
        self.shown()

    def delete(self, message: str) -> None:
        """Somebody flags it, then staff takes it away; the flag is judged with the next leaving."""
        self.flag(message, "anna")
        self.forum.posts[int(message)].deleted_by = "staff"
        self.forum.posts[int(message)].gone_at = self.tick()
        self.shown()

    def flag(self, message: str, author: str, kind: str = "spam") -> None:
        """A member flags a post."""
        self.forum.flags.append(Flag(self.tick(), int(message), self.account(author), kind))
        self.shown()

    def judge(self, message: str, judgement: Literal["agreed", "disagreed", "ignored"]) -> None:
        """Staff judges all flags on a post."""
        at = self.tick()
        for flag in self.forum.flags:
            if flag.post_id == int(message):
                flag.judged = (at, 1, judgement)
        self.shown()

    def act(self, action: str, **given: Any) -> None:
        """Staff does something of the log's."""
        self.forum.staff_acts.append(StaffAct(self.tick(), action, 1, **given))
        self.shown()

    def react(self, message: str, author: str, kind: str) -> None:
        raise NotImplementedError

    unreact = react

    def rename(self, author: str, name: str) -> None:
        account = self.forum.accounts[self.account(author)]
        account.renames.append((self.tick(), account.username, name))
        self.shown()

    def text(self, shelf: Any, message: str) -> str | None:
        row = shelf.latest("messages").get((int(message),))
        return None if row is None or row["is_tombstone"] else row["raw"]

    def name(self, shelf: Any, author: str) -> str | None:
        row = shelf.latest("accounts").get((self.account(author),))
        return row["name"] if row else None

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        return (body.get("latest_posts") or body.get("staff_action_logs")) if isinstance(body, dict) else None

    def limited(self) -> httpx.Response:
        told = {"errors": ["too many"], "error_type": "rate_limit", "extras": {"wait_seconds": 2}}
        return httpx.Response(429, headers={"Retry-After": "2"}, json=told)

    def expired(self) -> httpx.Response:
        return httpx.Response(403, json={"errors": ["not permitted"], "error_type": "invalid_access"})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        if isinstance(body, list):  # the admin list: somebody new for ever
            return [{"id": 1_000_000 + number, "username": f"u{number}", "created_at": iso(micros(self.now))}]
        if isinstance(body, dict) and body.get("latest_posts"):
            model = body["latest_posts"][0]
            body["latest_posts"] = [model | {"id": 2**40 - number * 3 - step} for step in range(3)]
        return body
