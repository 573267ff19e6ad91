"""A stateful double of Mastodon's client API: pages by Link header, errors and rate limits in Mastodon's own words.

It serves instance, timelines (public, home, tag), accounts (verify_credentials, lookup, statuses, followers), statuses
(many, one, context, favourited_by) and follow notifications, as of its clock.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from sandbox.engine import Double, running
from sandbox.faults import Limit
from sandbox.mastodon_state import LOCAL, Social, Toot
from sandbox.messages import Answer, Request
from sandbox.moments import SECOND, iso

_FIVE_MINUTES = 300 * SECOND
_ID = re.compile(r"/\d+")
Entry = tuple[int, dict[str, Any]]


def serve(
    social: Social, *, now: datetime, token: str = "token", me: str | None = None, limit: Limit | None = None
) -> AbstractContextManager[Double]:
    """Serve the state at <base_url>/api until the context ends; `me` is the account the token belongs to."""
    return running(Double(Mastodon(social, token, me), now, limit))


class Mastodon:
    """The face: paths, pages, credentials and error words. What it holds may be changed while it serves."""

    def __init__(self, social: Social, token: str, me: str | None = None, scheme: str = "http") -> None:
        self.social, self.token, self.me, self.scheme = social, token, me, scheme
        self.is_open = True  # whether public timelines are shown without a token
        self.withheld: tuple[str, ...] = ()  # first parts of paths that the token's scopes do not allow
        self.has_batch = True  # servers before 4.3 know no list of statuses by ids
        self._invented = 0

    def move(self, now: int) -> None:
        """Show the server as of `now`."""
        self.social.now = now

    def pattern(self, path: str) -> str:
        """The path with its ids replaced."""
        return _ID.sub("/:id", path)

    def limited(self, request: Request, seconds: float) -> Answer:
        """429 with the moment at which requests are allowed again."""
        reset = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat(timespec="microseconds")
        answer = _error(429, "Too many requests")
        answer.headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset.replace("+00:00", "Z")}
        return answer

    def answer(self, request: Request) -> Answer:
        """Token first, then the path."""
        given = request.headers.get("authorization")
        if given is not None and given != f"Bearer {self.token}":
            return _error(401, "The access token is invalid")
        answer = self._routed(request, request.path.removeprefix("/api/v1/").strip("/").split("/"), given is not None)
        now = self.social.now
        reset = iso((now // _FIVE_MINUTES + 1) * _FIVE_MINUTES)
        answer.headers |= {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": reset}
        return answer

    def _routed(self, request: Request, path: list[str], is_known: bool) -> Answer:
        match path:
            case [first, *_] if first in self.withheld:
                return _error(403, "This action is outside the authorized scopes")
            case ["instance"]:
                return _object(self._instance())
            case ["timelines", *rest]:
                return self._timeline(request, rest, is_known)
            case ["notifications"] | ["accounts", "verify_credentials"] if not is_known or self.me is None:
                return _error(401, "This method requires an authenticated user")
            case ["notifications"]:
                return self._notifications(request)
            case ["accounts", "verify_credentials"]:
                return _object(self._credentials())
            case ["accounts", "lookup"]:
                found = [key for key, one in self.social.people.items() if one.acct == request.query["acct"][-1]]
                return _object(self.social.account(found[0])) if found else _gone()
            case ["accounts", key, what] if key in self.social.people:
                return self._of_account(request, key, what)
            case ["statuses"] if self.has_batch:
                toots = [self.social.toots[key] for key in request.query.get("id[]", []) if key in self.social.toots]
                return _list([self.social.status(one) for one in self.social.newest(toots)])
            case ["statuses", key, *rest] if key in self.social.toots and self.social.stands(self.social.toots[key]):
                return self._of_status(request, self.social.toots[key], rest)
        return _gone()

    def _instance(self) -> dict[str, Any]:
        social = self.social
        people = [key for key, one in social.people.items() if "@" not in one.acct and one.at <= social.now]
        stats = {"user_count": len(people), "domain_count": 1}
        stats["status_count"] = sum(social.stands(one) for one in social.toots.values())
        texts = {"uri": LOCAL, "title": "Lantern", "short_description": "", "description": "", "email": ""}
        flags = {"registrations": True, "approval_required": False, "invites_enabled": False}
        return (
            texts
            | flags
            | {
                "version": "4.6.4",
                "urls": {"streaming_api": f"wss://{LOCAL}"},
                "stats": stats,
                "thumbnail": None,
                "languages": ["en"],
                "rules": [],
                "configuration": _CONFIGURATION,
            }
        )

    def _credentials(self) -> dict[str, Any]:
        source = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
        source |= {"follow_requests_count": 0, "indexable": False, "discoverable": False, "hide_collections": False}
        role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
        return self.social.account(str(self.me)) | {"source": source, "role": role}

    def _timeline(self, request: Request, rest: Sequence[str], is_known: bool) -> Answer:
        social, kind = self.social, rest[0]
        is_closed = kind == "home" or (kind == "public" and not self.is_open)
        if is_closed and not (is_known and self.me):
            return _error(401, "This method requires an authenticated user")
        toots = list(social.toots.values())
        if kind == "public":
            is_local = request.query.get("local", ["false"])[-1] in ("true", "1")
            found = [one for one in toots if social.is_in_public(one)]
            found = [one for one in found if not is_local or "@" not in social.people[one.author].acct]
        elif kind == "home":
            followed = {one.whom for one in social.follows if one.who == self.me and one.until > social.now}
            found = [one for one in toots if one.author in {self.me, *followed}]
        elif kind == "tag":
            found = [one for one in toots if f"#{rest[1].lower()}" in one.text.lower().split()]
        else:
            return _gone()
        return self._statuses(request, found)

    def _statuses(self, request: Request, found: Sequence[Toot]) -> Answer:
        shown = self.social.newest(found)
        return self._page(request, [(int(one.id), self.social.status(one)) for one in shown], 20, 40)

    def _of_account(self, request: Request, key: str, what: str) -> Answer:
        social = self.social
        if what == "statuses":
            return self._statuses(request, [one for one in social.toots.values() if one.author == key])
        if what == "followers":
            found = [] if social.people[key].hides_followers and key != self.me else social.followers(key)
            return self._page(request, [(one.id, social.account(one.who)) for one in found], 40, 80)
        return _gone()

    def _of_status(self, request: Request, one: Toot, rest: Sequence[str]) -> Answer:
        social = self.social
        if not rest:
            return _object(social.status(one))
        if rest[0] == "context":
            above, below = (
                [social.status(other) for other in found] for found in (social.above(one), social.answers(one.id))
            )
            return _object({"ancestors": above, "descendants": below})
        if rest[0] == "favourited_by":
            people = social.favourers(one)
            return self._page(
                request, [(len(people) - place, social.account(who)) for place, who in enumerate(people)], 40, 80
            )
        return _gone()

    def _notifications(self, request: Request) -> Answer:
        follows = [one for one in self.social.follows if one.whom == self.me and one.at <= self.social.now < one.until]
        kinds = request.query.get("types[]", ["follow"])
        made = [
            {
                "id": str(one.id),
                "type": "follow",
                "created_at": iso(one.at),
                "group_key": f"ungrouped-{one.id}",
                "account": self.social.account(one.who),
            }
            for one in sorted(follows, key=lambda one: -one.id)
            if "follow" in kinds
        ]
        return self._page(request, [(int(str(one["id"])), one) for one in made], 40, 80)

    def _page(self, request: Request, entries: list[Entry], usual: int, most: int) -> Answer:
        """A page by max_id, since_id and limit, with its links; the ids of a link need not be those of the items."""
        limit = max(1, min(request.number("limit") or usual, most))
        high, low = request.number("max_id"), request.number("since_id") or 0
        page = [one for one in entries if (high is None or one[0] < high) and one[0] > low][:limit]
        if request.endless:
            self._invented += 1
            page = page or entries[:1]
            page = [((high or 1 << 62) - 1 - self._invented, one) for _, one in page]
        answer = _list([one for _, one in page])
        if page:
            base = f"{self.scheme}://{request.headers.get('host', LOCAL)}{request.path}"
            kept = {name: values[-1] for name, values in request.query.items() if name in ("limit", "local")}
            kinds = [("types[]", kind) for kind in request.query.get("types[]", [])]
            following = urlencode([*kept.items(), ("max_id", page[-1][0]), *kinds])
            before = urlencode([*kept.items(), ("min_id", page[0][0]), *kinds])
            answer.headers["Link"] = f'<{base}?{following}>; rel="next", <{base}?{before}>; rel="prev"'
        return answer


_SIZES = dict.fromkeys(
    ("image_size_limit", "image_matrix_limit", "video_size_limit", "video_frame_rate_limit", "video_matrix_limit"), 60
)
_CONFIGURATION: dict[str, Any] = {
    "accounts": {"max_featured_tags": 10},
    "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
    "media_attachments": {"supported_mime_types": ["image/png"], **_SIZES},
    "polls": dict.fromkeys(("max_options", "max_characters_per_option", "min_expiration", "max_expiration"), 60),
}


def _object(value: dict[str, Any]) -> Answer:
    return Answer(msgspec.json.encode(value))


def _list(values: list[dict[str, Any]]) -> Answer:
    return Answer(b"[", [msgspec.json.encode(one) for one in values], b"]")


def _error(status: int, word: str) -> Answer:
    return Answer(msgspec.json.encode({"error": word}), status=status)


def _gone() -> Answer:
    return _error(404, "Record not found")
