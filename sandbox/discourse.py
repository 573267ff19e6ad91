"""A stateful double of Discourse: posts, topics, categories, members and site facts over HTTP on loopback.

It serves a simulated community, or captured versions of a real forum's posts, as of its clock. Paths:
/posts.json, /posts/{id}.json, /t/{id}.json, /t/{id}/posts.json, /categories.json, /about.json, /site/basic-info.json,
/admin/users/list/{flag}.json, /directory_items.json.
"""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from sandbox import discourse_shapes as shapes
from sandbox.discourse_state import AccountRow, Captured, Simulated, State
from sandbox.engine import Answer, Double, Request, running
from sandbox.faults import Limit
from sandbox.model import Community
from sandbox.moments import DAY, moment

Paging = Literal["plain", "window"]
Feed = Iterable[Mapping[str, Any]]
_PAGE, _DIRECTORY_PAGE, _ADMIN_PAGE, _CHUNK = 50, 50, 100, 20
_ERRORS = {
    "not_found": (404, "The requested URL or resource could not be found."),
    "not_logged_in": (403, "You need to be logged in to do that."),
    "invalid_access": (403, "You are not permitted to view the requested resource. The API username or key is invalid."),
}


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
) -> AbstractContextManager[Double]:
    """Serve `forum` until the context ends.

    `now` is the clock to begin with (default: the community's end, or the feed's last capture). With `api_key` the
    admin list opens to that key and name, and any other key is refused; `login_required` refuses everything without
    it. `paging` is how /posts.json walks: 50 posts below `before`, or all with ids in (before - 50, before].
    """
    state: State = Simulated(forum) if isinstance(forum, Community) else Captured(forum)
    last = forum.end if isinstance(forum, Community) else max((event[0] for event in state.events), default=0)
    face = Discourse(state, api_key, api_username, login_required, paging)
    return running(Double(face, now or moment(last), limit, latency))


def feed(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of captured versions (JSON lines, gzip or plain)."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        return [json.loads(line) for line in lines if line.strip()]


class Discourse:
    """The face: paths, pages, credentials and error words of Discourse."""

    def __init__(self, state: State, key: str | None, username: str, closed: bool, paging: Paging) -> None:
        self.state, self.key, self.username, self.closed, self.paging = state, key, username, closed, paging
        self.routes: list[tuple[re.Pattern[str], Callable[[Request, str], Answer]]] = [
            (re.compile(pattern), route)
            for pattern, route in (
                (r"/posts\.json", self._latest),
                (r"/posts/(\d+)\.json", self._post),
                (r"/t/(\d+)\.json", self._topic),
                (r"/t/(\d+)/posts\.json", self._topic_posts),
                (r"/categories\.json", self._categories),
                (r"/about\.json", self._about),
                (r"/site/basic-info\.json", self._basic_info),
                (r"/admin/users/list/([a-z]+)\.json", self._admin_list),
                (r"/directory_items\.json", self._directory),
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
            body = {
                "errors": ["You’ve performed this action too many times, please try again later."],
                "error_type": "rate_limit",
                "extras": {"wait_seconds": wait, "time_left": f"{wait} seconds"},
            }
            return Answer(msgspec.json.encode(body), status=429, headers={"Retry-After": str(wait)})
        code = "ip_10_secs_limit" if wait <= 10 else "ip_60_secs_limit"
        text = f"Slow down, too many requests from this address.\nPlease retry again in {wait} seconds.\n"
        headers = {"Retry-After": str(wait), "Discourse-Rate-Limit-Error-Code": code}
        return Answer((text + f"Error code: {code}.\n").encode(), status=429, headers=headers, content_type="text/plain")

    def answer(self, request: Request) -> Answer:
        """Route a request; credentials first, as the real one does."""
        given = request.headers.get("api-key")
        right = self.key is not None and given == self.key and (
            request.headers.get("api-username", "").lower() == self.username.lower()
        )
        if given is not None and not right:
            return error("invalid_access")
        if self.closed and not right:
            return error("not_logged_in")
        if request.method not in ("GET", "HEAD") or (request.path.startswith("/admin/") and not right):
            return error("not_found")
        for pattern, route in self.routes:
            match = pattern.fullmatch(request.path)
            if match:
                return route(request, match.group(1) if match.groups() else "")
        return error("not_found")

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

    def _more(self, before: int) -> list[bytes]:
        """A full page below any id, for ever."""
        model = shapes.post(self.state, self.state.rows[self.state.regular[0]])
        return [msgspec.json.encode({**model, "id": number}) for number in range(before - 1, before - 1 - _PAGE, -1)]

    def _post(self, request: Request, number: str) -> Answer:
        row = self.state.rows.get(int(number))
        if row is None or (row.deleted_at is not None and "api-key" not in request.headers):
            return error("not_found")
        return encoded({**shapes.post(self.state, row), "mentioned_users": []})

    def _topic(self, request: Request, number: str) -> Answer:
        topic = self.state.topics.get(int(number))
        if topic is None or not topic.posts:
            return error("not_found")
        rows = [self.state.rows[one] for one in topic.posts[:_CHUNK]]
        return encoded(shapes.topic(self.state, topic, rows, "include_raw" in request.query))

    def _topic_posts(self, request: Request, number: str) -> Answer:
        topic = self.state.topics.get(int(number))
        if topic is None or not topic.posts:
            return error("not_found")
        wished = {int(one) for one in request.query.get("post_ids[]", []) if one.isdigit()}
        ids = [one for one in topic.posts if one in wished] if wished else topic.posts[:_CHUNK]
        raw = "include_raw" in request.query
        posts = [msgspec.json.encode(shapes.topic_post(self.state, self.state.rows[one], raw)) for one in ids]
        return Answer(b'{"post_stream":{"posts":[', posts, f']}},"id":{topic.id}}}'.encode())

    def _categories(self, request: Request, _: str) -> Answer:
        nested = request.query.get("include_subcategories", [""])[-1] == "true"
        shown = [one for one in self.state.categories.values() if one.parent_id is None]
        made = [self._with_children(shapes.category(self.state, one), nested) for one in shown]
        head = b'{"category_list":{"can_create_category":false,"can_create_topic":false,"categories":['
        return Answer(head, [msgspec.json.encode(one) for one in made], b"]}}")

    def _with_children(self, made: dict[str, Any], nested: bool) -> dict[str, Any]:
        if nested and made["subcategory_ids"]:
            children = [self.state.categories[number] for number in made["subcategory_ids"]]
            made["subcategory_list"] = [shapes.category(self.state, child) for child in children]
        return made

    def _about(self, request: Request, _: str) -> Answer:
        state, people = self.state, [one for one in self.state.accounts.values() if one.id > 0]
        stats: dict[str, int] = {}
        for name, days in (("last_day", 1), ("7_days", 7), ("30_days", 30)):
            since = state.now - days * DAY
            recent = [state.rows[number] for number in state.regular if state.rows[number].at > since]
            stats |= {f"topics_{name}": sum(row.number == 1 for row in recent), f"posts_{name}": len(recent),
                      f"users_{name}": sum(one.at > since for one in people),
                      f"active_users_{name}": len({row.account_id for row in recent}), f"likes_{name}": 0}
        stats |= {"topics_count": sum(bool(topic.posts) for topic in state.topics.values()),
                  "posts_count": len(state.regular), "users_count": len(people),
                  "likes_count": sum(state.rows[number].likes for number in state.public)}
        staff = [one for one in state.accounts.values() if one.admin or one.moderator]
        about = {"stats": stats, "title": "Lanternfield", "description": "A forum of garden lanterns", "locale": "en",
                 "version": "2026.6.0", "https": False, "can_see_about_stats": True,
                 "admin_ids": [one.id for one in staff if one.admin],
                 "moderator_ids": [one.id for one in staff if one.moderator], "category_moderators": []}
        return encoded({"users": [{**shapes.basic(one), "title": None} for one in staff], "about": about})

    def _basic_info(self, request: Request, _: str) -> Answer:
        pictures = ("logo_url", "logo_small_url", "apple_touch_icon_url", "favicon_url", "mobile_logo_url")
        return encoded({
            **dict.fromkeys(pictures, "https://example.org/logo.png"), "title": "Lanternfield",
            "description": "A forum of garden lanterns", "header_primary_color": "333333",
            "header_background_color": "ffffff", "login_required": self.closed, "locale": "en",
            "include_in_discourse_discover": False,
        })  # fmt: skip

    def _admin_list(self, request: Request, flag: str) -> Answer:
        """100 a page from page 1; beyond the last an empty list. active and new hold everyone, as on the real one."""
        chosen: dict[str, Callable[[AccountRow], bool]] = {
            "active": lambda one: True, "new": lambda one: True, "staff": lambda one: one.admin or one.moderator,
            "suspended": lambda one: one.suspended_at is not None,
        }  # fmt: skip
        keep = chosen.get(flag, lambda one: False)
        found = [one for one in self.state.accounts.values() if keep(one)]
        found.sort(key=lambda one: (one.at, one.id), reverse=request.query.get("asc", [""])[-1] != "true")
        first = (max(1, request.number("page") or 1) - 1) * _ADMIN_PAGE
        page = found[first : first + _ADMIN_PAGE] or (found[:_ADMIN_PAGE] if request.endless else [])
        with_email = request.query.get("show_emails", [""])[-1] == "true"
        made = [msgspec.json.encode(shapes.admin_row(self.state, one, with_email)) for one in page]
        return Answer(b"[", made, b"]")

    def _directory(self, request: Request, _: str) -> Answer:
        """50 a page from page 0, those who wrote most first."""
        order, page = request.query.get("order", ["post_count"])[-1], max(0, request.number("page") or 0)
        rows = [shapes.directory_row(self.state, one) for one in self.state.accounts.values() if one.id > 0]
        if rows and order not in rows[0]:
            return error("not_found")
        rows.sort(key=lambda row: (-row[order], row["id"]))
        more = f"/directory_items?order={order}&page={page + 1}&period=all"
        meta = {"last_updated_at": None, "total_rows_directory_items": len(rows), "load_more_directory_items": more}
        shown = rows[page * _DIRECTORY_PAGE : (page + 1) * _DIRECTORY_PAGE]
        tail = b'],"meta":' + msgspec.json.encode(meta) + b"}"
        return Answer(b'{"directory_items":[', [msgspec.json.encode(row) for row in shown], tail)


def encoded(value: Any) -> Answer:
    """A 200 with one JSON value."""
    return Answer(msgspec.json.encode(value))


def error(kind: str) -> Answer:
    """Discourse's error answer of that kind."""
    status, text = _ERRORS[kind]
    return Answer(msgspec.json.encode({"errors": [text], "error_type": kind}), status=status)
