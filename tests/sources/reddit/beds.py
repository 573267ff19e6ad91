"""A subreddit to act in: the sandbox's double, asked without a socket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx

from sandbox.moments import SECOND, micros
from sandbox.reddit import Reddit
from sandbox.reddit_state import Post, Subreddit
from tests.sources.slack.beds import FaceTransport

HOME = "https://reddit.example"
SECRET = "secret-of-the-app"


class RedditBed:
    """One subreddit; every act takes ten minutes, so that tokens expire between pulls."""

    platform = "reddit"
    acts = frozenset({"edit", "delete"})
    idle_requests = 9
    compared = ("channels", "messages", "moderation")

    def __init__(self) -> None:
        self.now = datetime(2024, 3, 1)
        self.options: dict[str, Any] = {"base_url": HOME, "login_url": HOME, "subreddits": ["lantern"]}
        self.secrets = {"client_id": "the-app", "client_secret": SECRET}
        self.subreddit = Subreddit("lantern", micros(self.now), subscribers=[(0, 12)], moderators=["anna"])
        self.face = Reddit(self.subreddit, ("the-app", SECRET))
        self.transport = FaceTransport(self.face)
        self.shown()

    def tick(self) -> int:
        self.now += timedelta(minutes=10)
        return micros(self.now) - SECOND

    def shown(self) -> None:
        self.face.move(micros(self.now))

    def account(self, author: str) -> str:
        return author

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        at, number = self.tick(), f"{36**5 + len(self.subreddit.posts)}"
        if answers is None:
            post = Post(f"t3_{number}", author, at, text, title="A title")
        else:
            link = self.subreddit.posts[answers].link or answers
            post = Post(f"t1_{number}", author, at, text, link=link, parent=answers)
        self.subreddit.posts[post.name] = post
        self.shown()
        return post.name

    def edit(self, message: str, text: str) -> None:
        self.subreddit.posts[message].edits.append((self.tick(), text))
        self.shown()

    def delete(self, message: str) -> None:
        self.subreddit.posts[message].deleted_at = self.tick()
        self.shown()

    def acted(self, action: str, moderator: str, target: str, **more: Any) -> str:
        """An entry of the moderation log."""
        at, post = self.tick(), self.subreddit.posts.get(target)
        entry = {"id": f"ModAction_{len(self.subreddit.log)}", "action": action, "mod": moderator}
        entry |= {"subreddit": "lantern", "created_utc": at / SECOND, "details": None, "description": None}
        entry |= {"target_fullname": post.name if post else None, "target_author": post.author if post else target}
        self.subreddit.log.append((at, entry | more))
        self.shown()
        return str(entry["id"])

    def join(self, author: str) -> None:
        """Nobody tells."""

    leave = join

    def react(self, message: str, author: str, kind: str) -> None:
        raise NotImplementedError

    unreact = react

    def rename(self, author: str, name: str) -> None:
        raise NotImplementedError

    def text(self, shelf: Any, message: str) -> str | None:
        row = shelf.latest("messages").get((message,))
        return None if row is None or row["is_tombstone"] else row["body"]

    def name(self, shelf: Any, author: str) -> str | None:
        return author

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        if not isinstance(body, dict) or body.get("kind") != "Listing" or "about" in request.url.path:
            return None
        found: list[Any] = body["data"]["children"]
        return found

    def limited(self) -> httpx.Response:
        told = {"X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": "2"}
        return httpx.Response(429, headers=told, json={"message": "Too Many Requests", "error": 429})

    def expired(self) -> httpx.Response:
        return httpx.Response(401, json={"message": "Unauthorized", "error": 401})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        self.transport.endless = True
        return body
