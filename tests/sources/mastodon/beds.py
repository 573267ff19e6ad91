"""A Mastodon server to act in: the sandbox's double, asked without a socket."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from sandbox.mastodon import Mastodon
from sandbox.mastodon_state import LOCAL, Follow, Person, Social, Toot, snowflake
from sandbox.moments import micros
from tests.sources.slack.beds import FaceTransport

TOKEN = "secret-access-token"
ME = "109000000000000001"


class MastodonBed:
    """People write, favour, and follow the watched account `me`; every act takes an hour."""

    platform = "mastodon"
    acts = frozenset({"edit", "delete", "react", "unreact", "join", "leave", "rename"})
    many = 45  # messages a step: enough for four pages
    idle_requests = 18
    compared = ("messages", "reactions")  # who has gone is seen by those only who were there before

    def __init__(self, **face: Any) -> None:
        self.now = datetime(2024, 3, 1)
        self.options: dict[str, Any] = {"base_url": f"https://{LOCAL}"}
        self.secrets = {"access_token": TOKEN}
        self.social = Social()
        self.social.people[ME] = Person(ME, "lantern", micros(self.now), [(0, "The lantern")])
        self.face = Mastodon(self.social, TOKEN, ME, scheme="https")
        for name, value in face.items():
            setattr(self.face, name, value)
        self.transport = FaceTransport(self.face)
        self.shown()

    def tick(self) -> int:
        self.now += timedelta(hours=1)
        return micros(self.now) - 1_000_000

    def shown(self) -> None:
        self.face.move(micros(self.now))

    def account(self, author: str) -> str:
        return "1090000000000" + "".join(f"{ord(letter):03d}" for letter in author[:3])

    def person(self, author: str, acct: str | None = None) -> str:
        key = self.account(author)
        if key not in self.social.people:
            self.social.people[key] = Person(key, acct or author, micros(self.now), [(0, author)])
        return key

    def join(self, author: str) -> None:
        at, who = self.tick(), self.person(author)
        self.social.follows.append(Follow(len(self.social.follows) + 1, who, ME, at))
        self.shown()

    def leave(self, author: str) -> None:
        standing = [one for one in self.social.followers(ME) if one.who == self.account(author)]
        standing[0].until = self.tick()
        self.shown()

    def message(self, author: str, text: str, answers: str | None = None, **given: Any) -> str:
        at, who = self.tick(), self.person(author)
        key = snowflake(at, len(self.social.toots))
        self.social.toots[key] = Toot(key, who, at, text, answers, **given)
        self.shown()
        return key

    def edit(self, message: str, text: str) -> None:
        self.social.toots[message].edits.append((self.tick(), text))
        self.shown()

    def delete(self, message: str) -> None:
        self.social.toots[message].gone_at = self.tick()
        self.shown()

    def react(self, message: str, author: str, kind: str) -> None:
        self.social.toots[message].favourites.append((self.tick(), 1 << 62, self.person(author)))
        self.shown()

    def unreact(self, message: str, author: str, kind: str) -> None:
        toot, at = self.social.toots[message], self.tick()
        toot.favourites = [
            (begin, at if who == self.account(author) else end, who) for begin, end, who in toot.favourites
        ]
        self.shown()

    def rename(self, author: str, name: str) -> None:
        self.social.people[self.person(author)].names.append((self.tick(), name))
        self.shown()

    def text(self, shelf: Any, message: str) -> str | None:
        row = shelf.latest("messages").get((message,))
        return None if row is None or row["is_tombstone"] else row["text"]

    def name(self, shelf: Any, author: str) -> str | None:
        row = shelf.latest("accounts").get((self.account(author),))
        return row["display_name"] if row else None

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        return body if isinstance(body, list) and body and "content" in body[0] else None

    def limited(self) -> httpx.Response:
        reset = datetime.fromtimestamp(time.time() + 3, UTC).isoformat().replace("+00:00", "Z")
        return httpx.Response(429, headers={"X-RateLimit-Reset": reset}, json={"error": "Too many requests"})

    def expired(self) -> httpx.Response:
        return httpx.Response(401, json={"error": "The access token was revoked"})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        """Pages are followed by their links, which only the face can make."""
        self.transport.endless = True
        return body
