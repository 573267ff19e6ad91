"""A stateful double of Reddit's OAuth API: tokens that expire, listings by fullname, trees that leave comments out.

It serves access_token, about, moderators, the moderation log, the listings new and comments, comment trees,
morechildren and info of one subreddit, as of its clock.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import msgspec

from sandbox.engine import Double, running
from sandbox.faults import Limit
from sandbox.messages import Answer, Request
from sandbox.moments import SECOND
from sandbox.reddit_state import Post, Subreddit

WIDTH, DEPTH = 5, 3  # comments a level and levels a tree shows; the rest is left out
CAP = 1000  # what a listing gives at most
_HOUR = 3600 * SECOND
Thing = dict[str, Any]


def serve(
    subreddit: Subreddit, *, now: datetime, client: tuple[str, str] = ("app", "secret"), limit: Limit | None = None
) -> AbstractContextManager[Double]:
    """Serve the subreddit, login included, until the context ends."""
    return running(Double(Reddit(subreddit, client), now, limit))


class Reddit:
    """The face: login, listings, trees and error words. What it holds may be changed while it serves."""

    def __init__(self, subreddit: Subreddit, client: tuple[str, str]) -> None:
        self.subreddit, self.client = subreddit, client
        self.has_log, self.cap, self.token, self.given_at = True, CAP, "", 0
        self._invented = self._tokens = 0

    def move(self, now: int) -> None:
        """Show the subreddit as of `now`."""
        self.subreddit.now = now

    def pattern(self, path: str) -> str:
        """The path without a submission's number."""
        return "/comments/:id" if path.startswith("/comments/") else path

    def limited(self, request: Request, seconds: float) -> Answer:
        """429 with the seconds until requests are allowed again."""
        answer = _error(429, "Too Many Requests")
        answer.headers = {"X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": str(max(1, round(seconds + 0.499)))}
        return answer

    def answer(self, request: Request) -> Answer:
        """Token first, then the path."""
        path = request.path.strip("/").split("/")
        if path == ["api", "v1", "access_token"]:
            return self._login(request)
        is_fresh = self.subreddit.now - self.given_at < _HOUR
        if not self.token or request.headers.get("authorization") != f"Bearer {self.token}" or not is_fresh:
            return _error(401, "Unauthorized")
        answer = self._routed(request, path)
        answer.headers |= {"X-Ratelimit-Used": "1", "X-Ratelimit-Remaining": "598.0", "X-Ratelimit-Reset": "558"}
        return answer

    def _login(self, request: Request) -> Answer:
        told = base64.b64encode(":".join(self.client).encode()).decode()
        if request.method != "POST" or request.headers.get("authorization") != f"Basic {told}":
            return _error(401, "Unauthorized")
        if request.form.get("grant_type") not in (["client_credentials"], ["refresh_token"]):
            return _object({"error": "unsupported_grant_type"})
        self._tokens += 1
        self.token, self.given_at = f"token-{self._tokens}", self.subreddit.now
        return _object({"access_token": self.token, "token_type": "bearer", "expires_in": 3600, "scope": "*"})

    def _routed(self, request: Request, path: Sequence[str]) -> Answer:
        here = self.subreddit
        match path:
            case ["r", name, "about"] if name == here.name:
                return _object(here.about())
            case ["r", name, "about", "moderators"] if name == here.name:
                people = [{"name": one, "id": f"t2_{one}"} for one in here.moderators]
                return _object({"kind": "UserList", "data": {"children": people}})
            case ["r", name, "about", "log"] if name == here.name:
                shown = [entry for at, entry in reversed(here.log) if at <= here.now]
                made = [{"kind": "modaction", "data": entry} for entry in shown]
                return self._listing(request, made, "id") if self.has_log else _error(403, "Forbidden")
            case ["r", name, "new" | "comments" as what] if name == here.name:
                found = here.shown("t3" if what == "new" else "t1")[: self.cap]
                return self._listing(request, [here.thing(one) for one in found], "name")
            case ["comments", link, *rest]:
                return self._tree(f"t3_{link}", f"t1_{rest[1]}" if len(rest) == 2 else None)
            case ["api", "info"]:
                names = request.query.get("id", [""])[-1].split(",")
                there = [here.posts[one] for one in names if one in here.posts and here.is_there(here.posts[one])]
                return self._list([here.thing(one) for one in there], None)
            case ["api", "morechildren"] if request.method == "POST":
                return self._more(request)
        return _error(404, "Not Found")

    def _listing(self, request: Request, made: list[Thing], key: str) -> Answer:
        """A page after a fullname."""
        limit = max(1, min(request.number("limit") or 25, 100))
        after = request.query.get("after", [""])[-1]
        keys = [str(one["data"][key]) for one in made]
        start = keys.index(after) + 1 if after in keys else 0 if not after or request.endless else len(made)
        page = made[start : start + limit]
        following = keys[start + limit - 1] if start + limit < len(made) else None
        if request.endless:
            self._invented += 1
            page = [
                {**one, "data": one["data"] | {key: f"t3_z{self._invented}{at}"}} for at, one in enumerate(made[:2])
            ]
            following = f"t3_z{self._invented}"
        return self._list(page, following)

    def _list(self, children: list[Thing], after: str | None) -> Answer:
        head = b'{"kind":"Listing","data":{"after":' + msgspec.json.encode(after) + b',"children":['
        return Answer(head, [msgspec.json.encode(one) for one in children], b"]}}")

    def _tree(self, link: str, parent: str | None) -> Answer:
        here = self.subreddit
        if link not in here.posts or not here.is_there(here.posts[link]):
            return _error(404, "Not Found")
        top = [here.posts[parent]] if parent in here.posts else here.under(link)
        submission = {"kind": "Listing", "data": {"after": None, "children": [here.thing(here.posts[link])]}}
        level = {"kind": "Listing", "data": {"after": None, "children": self._level(top, parent or link, DEPTH)}}
        return _object([submission, level])

    def _level(self, posts: list[Post], parent: str, depth: int) -> list[Thing]:
        """The first of a level with what answers them; the others as a stub, and too deep a level as another."""
        if posts and depth == 0:
            stub = {"count": 0, "name": "t1__", "id": "_", "parent_id": parent, "children": []}
            return [{"kind": "more", "data": stub}]
        made = []
        for one in posts[:WIDTH]:
            thing = self.subreddit.thing(one)
            if below := self._level(self.subreddit.under(one.name), one.name, depth - 1):
                thing["data"]["replies"] = {"kind": "Listing", "data": {"after": None, "children": below}}
            made.append(thing)
        if rest := [one.id for one in posts[WIDTH:]]:
            stub = {"count": len(rest), "name": f"t1_{rest[0]}", "id": rest[0], "parent_id": parent, "children": rest}
            made.append({"kind": "more", "data": stub})
        return made

    def _more(self, request: Request) -> Answer:
        """The comments asked for, flat, and stubs for those under them."""
        made: list[Thing] = []
        for number in request.form["children"][-1].split(",")[:100]:
            if one := self.subreddit.posts.get(f"t1_{number}"):
                made.append(self.subreddit.thing(one))
                if below := [under.id for under in self.subreddit.under(one.name)]:
                    stub = {"count": len(below), "name": f"t1_{below[0]}", "id": below[0], "parent_id": one.name}
                    made.append({"kind": "more", "data": stub | {"children": below}})
        return _object({"json": {"errors": [], "data": {"things": made}}})


def _object(value: Any) -> Answer:
    return Answer(msgspec.json.encode(value))


def _error(status: int, word: str) -> Answer:
    return Answer(msgspec.json.encode({"message": word, "error": status}), status=status)
