"""A stateful double of Discourse: posts, topics, categories, members and site facts over HTTP on loopback.

It serves a simulated community, or captured versions of a real forum's posts, as of its clock. Paths:
/posts.json, /posts/{id}.json, /t/{id}.json, /t/{id}/posts.json, /categories.json, /about.json, /site/basic-info.json,
/admin/users/list/{flag}.json, /admin/logs/staff_action_logs.json, /review.json, /review/{id}.json and
/directory_items.json.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from sandbox import discourse_moderation as moderation
from sandbox import discourse_shapes as shapes
from sandbox import discourse_site as site
from sandbox.discourse_replay import Captured, Simulated
from sandbox.discourse_state import State
from sandbox.engine import Double, running
from sandbox.faults import Limit
from sandbox.messages import Answer, Request
from sandbox.model import Community
from sandbox.moments import moment

Paging = Literal["plain", "window"]
Feed = Iterable[Mapping[str, Any]]
_PAGE, _CHUNK = 50, 20


def serve(
    forum: Community | Feed,
    *,
    now: datetime | None = None,
    api_key: str | None = None,
    api_username: str = "system",
    login_required: bool = False,
    paging: Paging = "plain",
    limit: Limit | None = None,
    latency: float = 0.0,
    warm: bool = False,
) -> AbstractContextManager[Double]:
    """Serve `forum` until the context ends.

    `now` is the clock to begin with (default: the community's end, or the feed's last capture). With `api_key` the
    admin list opens to that key and name, and any other key is refused; `login_required` refuses everything without
    it. `paging` is how /posts.json walks: 50 posts below `before`, or all with ids in (before - 50, before]. `warm`
    encodes every post beforehand, for those who measure.
    """
    state: State = Simulated(forum) if isinstance(forum, Community) else Captured(forum)
    last = forum.end if isinstance(forum, Community) else max((event[0] for event in state.events), default=0)
    face = Discourse(state, api_key, api_username, login_required, paging)
    double = Double(face, now or moment(last), limit, latency)
    if warm:
        for number in state.public:
            shapes.latest_bytes(state, state.rows[number])
    return running(double)


def feed(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of captured versions (JSON lines, gzip or plain)."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    return [msgspec.json.decode(line) for line in lines if line.strip()]


class Discourse:
    """The face: paths, pages, credentials and error words of Discourse."""

    def __init__(self, state: State, key: str | None, username: str, closed: bool, paging: Paging) -> None:
        self.state, self.key, self.username, self.closed, self.paging = state, key, username, closed, paging
        self.withheld: tuple[str, ...] = ()  # beginnings of paths that the key's scopes do not allow
        self.routes: list[tuple[re.Pattern[str], Callable[[Request, str], Answer]]] = [
            (re.compile(pattern), route)
            for pattern, route in (
                (r"/posts\.json", self._latest),
                (r"/posts/(\d+)\.json", self._post),
                (r"/t/(\d+)\.json", self._topic),
                (r"/t/(\d+)/posts\.json", self._topic_posts),
                (r"/categories\.json", self._of(site.categories)),
                (r"/about\.json", self._of(site.about)),
                (r"/site/basic-info\.json", self._basic_info),
                (r"/admin/users/list/([a-z]+)\.json", self._of(site.admin_list)),
                (r"/admin/logs/staff_action_logs\.json", self._of(moderation.staff_log)),
                (r"/review\.json", self._of(moderation.review_queue)),
                (r"/review/(\d+)\.json", self._of(moderation.review)),
                (r"/directory_items\.json", self._of(site.directory)),
            )
        ]

    def move(self, now: int) -> None:
        """Replay the forum up to `now`."""
        self.state.move(now)

    def pattern(self, path: str) -> str:
        """Ids become {id}."""
        return re.sub(r"/\d+(?=/|\.json|$)", "/{id}", path)

    def limited(self, request: Request, seconds: float) -> Answer:
        """429: plain text for an address, JSON for an API key, both with Retry-After in whole seconds."""
        wait = max(1, round(seconds + 0.499))
        if "api-key" in request.headers:
            told = {
                "errors": ["You’ve performed this action too many times, please try again later."],
                "error_type": "rate_limit",
                "extras": {"wait_seconds": wait, "time_left": f"{wait} seconds"},
            }
            return Answer(msgspec.json.encode(told), status=429, headers={"Retry-After": str(wait)})
        code = "ip_10_secs_limit" if wait <= 10 else "ip_60_secs_limit"
        text = f"Slow down, too many requests from this address.\nPlease retry again in {wait} seconds.\n"
        headers = {"Retry-After": str(wait), "Discourse-Rate-Limit-Error-Code": code}
        return Answer(
            (text + f"Error code: {code}.\n").encode(), status=429, headers=headers, content_type="text/plain"
        )

    def answer(self, request: Request) -> Answer:
        """Route a request; credentials first, as the real one does."""
        given = request.headers.get("api-key")
        right = (
            self.key is not None
            and given == self.key
            and (request.headers.get("api-username", "").lower() == self.username.lower())
        )
        if given is not None and not right:
            return site.error("invalid_access")
        if self.closed and not right:
            return site.error("not_logged_in")
        if self.withheld and request.path.startswith(self.withheld):
            return site.error("invalid_access")
        if request.path.startswith("/review") and not right:
            return site.error("not_logged_in")
        if request.method not in ("GET", "HEAD") or (request.path.startswith("/admin/") and not right):
            return site.error("not_found")
        for pattern, route in self.routes:
            match = pattern.fullmatch(request.path)
            if match:
                return route(request, match.group(1) if match.groups() else "")
        return site.error("not_found")

    def _latest(self, request: Request, _: str) -> Answer:
        state, before = self.state, request.number("before") or 0
        if self.paging == "window":
            top = before if before > 0 else max(state.public, default=0)
            ids = state.public[bisect_right(state.public, top - _PAGE) : bisect_right(state.public, top)]
        else:
            stop = bisect_left(state.regular, before) if before > 0 else len(state.regular)
            ids = state.regular[max(0, stop - _PAGE) : stop]
        items = [shapes.latest_bytes(state, state.rows[number]) for number in reversed(ids)]
        if request.endless:
            items = self._more(before or max(state.regular, default=1) + 1)
        return Answer(b'{"latest_posts":[', items, b"]}")

    def _of(self, route: Callable[[State, Request, str], Answer | None]) -> Callable[[Request, str], Answer]:
        return lambda request, part: route(self.state, request, part) or site.error("not_found")

    def _basic_info(self, request: Request, _: str) -> Answer:
        return site.basic_info(self.closed)

    def _more(self, before: int) -> list[bytes]:
        """A full page below any id, for ever."""
        model = shapes.post(self.state, self.state.rows[self.state.regular[0]])
        return [msgspec.json.encode({**model, "id": number}) for number in range(before - 1, before - 1 - _PAGE, -1)]

    def _post(self, request: Request, number: str) -> Answer:
        row = self.state.rows.get(int(number))
        if row is None or (row.deleted_at is not None and "api-key" not in request.headers):
            return site.error("not_found")
        return site.encoded({**shapes.post(self.state, row), "mentioned_users": []})

    def _topic(self, request: Request, number: str) -> Answer:
        topic = self.state.topics.get(int(number))
        if topic is None or not topic.posts:
            return site.error("not_found")
        rows = [self.state.rows[one] for one in topic.posts[:_CHUNK]]
        return site.encoded(shapes.topic(self.state, topic, rows, "include_raw" in request.query))

    def _topic_posts(self, request: Request, number: str) -> Answer:
        topic = self.state.topics.get(int(number))
        if topic is None or not topic.posts:
            return site.error("not_found")
        wished = {int(one) for one in request.query.get("post_ids[]", []) if one.isdigit()}
        ids = [one for one in topic.posts if one in wished] if wished else topic.posts[:_CHUNK]
        raw = "include_raw" in request.query
        posts = [msgspec.json.encode(shapes.topic_post(self.state, self.state.rows[one], raw)) for one in ids]
        return Answer(b'{"post_stream":{"posts":[', posts, f']}},"id":{topic.id}}}'.encode())
