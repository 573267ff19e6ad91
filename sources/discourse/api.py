"""The requests a Discourse forum is asked, and the checks that its answers have the expected shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from sources.connector import Context
from sources.errors import NotFound, Unauthorized
from sources.http import Client, Limits, decode

T = TypeVar("T")


class PostPage(msgspec.Struct):
    """A page of /posts.json; every item keeps its exact bytes."""

    latest_posts: list[msgspec.Raw]


class LogPage(msgspec.Struct):
    """A page of the staff log, newest entry first, and how many entries there are in all, where it says so."""

    staff_action_logs: list[dict[str, Any]]
    total_rows_staff_action_logs: int | None = None


class ReviewPage(msgspec.Struct):
    """Flagged posts, newest first, with the flags on them (scores) and the kinds of these beside."""

    reviewables: list[dict[str, Any]]
    meta: dict[str, Any] = {}
    reviewable_scores: list[dict[str, Any]] = []
    score_types: list[dict[str, Any]] = []


class Review(msgspec.Struct):
    """One flagged post, with the same beside."""

    reviewable: dict[str, Any]
    reviewable_scores: list[dict[str, Any]] = []
    score_types: list[dict[str, Any]] = []


class Forum:
    """One forum as seen with one key (or none)."""

    def __init__(self, context: Context) -> None:
        """Opens no connection yet."""
        options, secrets = context.options, context.secrets
        headers = {"Api-Key": secrets.get("api_key", ""), "Api-Username": secrets.get("api_username", "")}
        self.has_key = bool(secrets.get("api_key"))
        self.http = Client(
            context.source,
            options.base_url,
            headers={name: value for name, value in headers.items() if value},
            limits=Limits(max_requests=options.max_requests, timeout=options.timeout),
            meter=context.meter,
            sleep=context.sleep,
            transport=context.transport,
        )

    def __enter__(self) -> Forum:
        """The forum itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.http.__exit__()

    def posts(self, before: int | None) -> tuple[list[Any], list[bytes]]:
        """A page of posts, newest first, with each one's exact JSON text."""
        return self.http.read("posts.json", {} if before is None else {"before": before}, _posts)

    def has_post(self, post_id: int) -> tuple[bool, str | None]:
        """Whether we can still see a post, and when it was deleted if the forum says so."""
        try:
            post = self.http.json(f"posts/{post_id}.json")
        except (NotFound, Unauthorized):
            return False, None
        deleted_at = post.get("deleted_at") if isinstance(post, dict) else None
        return deleted_at is None, deleted_at

    def categories(self) -> list[dict[str, Any]]:
        """All categories we may see, sub-categories beside their parents."""
        found = self.http.read("categories.json", {"include_subcategories": "true"}, _categories)
        children = [category.get("subcategory_ids") for category in found]
        named = {str(number) for numbers in children if isinstance(numbers, list) for number in numbers}
        if named <= {str(category.get("id")) for category in found}:
            return found
        # older forums name sub-categories only in the site's own list
        return self.http.read("site.json", None, _site_categories)

    def about(self) -> dict[str, Any]:
        """The numbers the forum states about itself; empty where it states none."""
        try:
            answer = self.http.json("about.json")
        except (NotFound, Unauthorized):
            return {}
        about = answer.get("about") if isinstance(answer, dict) else None
        stats = about.get("stats") if isinstance(about, dict) else None
        return stats if isinstance(stats, dict) else {}

    def users(self, page: int) -> list[dict[str, Any]]:
        """A page of the admin list of active accounts, newest account first; empty after the last."""
        params = {"page": page, "order": "created", "show_emails": "false"}
        return self.http.read("admin/users/list/active.json", params, _objects)

    def is_active(self, user_id: int) -> bool:
        """Whether an account still exists and is active."""
        try:
            user = self.http.json(f"admin/users/{user_id}.json")
        except (NotFound, Unauthorized):
            return False
        return isinstance(user, dict) and user.get("active") is not False

    def staff_log(self, page: int) -> LogPage:
        """A page of what staff did, 200 entries from page 0 on."""
        return self.http.read("admin/logs/staff_action_logs.json", {"page": page}, _reader(LogPage))

    def reviews(self, status: str, offset: int) -> ReviewPage:
        """Ten flagged posts, of any priority: `status` is pending or all."""
        wanted = {"type": "ReviewableFlaggedPost", "status": status, "priority": "low"}
        return self.http.read(
            "review.json", {**wanted, "sort_order": "created_at", "offset": offset}, _reader(ReviewPage)
        )

    def review(self, number: int) -> Review | None:
        """One flagged post; None if it is no longer there."""
        try:
            return self.http.read(f"review/{number}.json", None, _reader(Review))
        except NotFound:
            return None


def _reader(kind: type[T]) -> Callable[[bytes], T]:
    """Reads answers of a shape."""
    return lambda body: msgspec.convert(decode(body), kind)


def _posts(body: bytes) -> tuple[list[Any], list[bytes]]:
    """Posts and their payloads; half an emoji makes the fast decoder refuse, the slow one reads it."""
    try:
        raws = msgspec.json.decode(body, type=PostPage).latest_posts
        return [msgspec.json.decode(raw) for raw in raws], [bytes(raw) for raw in raws]
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        found = _objects(json.loads(body)["latest_posts"])
        return list(found), [json.dumps(item).encode() for item in found]


def _categories(body: bytes) -> list[dict[str, Any]]:
    tops = _objects(msgspec.json.decode(body)["category_list"]["categories"])
    return [category for top in tops for category in [top, *_objects(top.get("subcategory_list") or [])]]


def _site_categories(body: bytes) -> list[dict[str, Any]]:
    return _objects(msgspec.json.decode(body)["categories"])


def _objects(value: Any) -> list[dict[str, Any]]:
    """A list of objects, of a body or an already decoded value; anything else is no answer of Discourse's."""
    items = msgspec.json.decode(value) if isinstance(value, bytes) else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError("not a list of objects")
    return items
