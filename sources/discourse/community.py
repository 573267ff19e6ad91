"""Reads what the forum says of itself: its categories and its own totals."""

from __future__ import annotations

from collections.abc import Iterator

from sources.connector import Context, Coverage, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum
from sources.errors import Unauthorized

NO_TOTALS = (
    "the forum does not show its own totals (about.json): ours cannot be checked against them; use an admin's key"
)
# newer versions write the plural
METRICS = {"user_count": "members", "users_count": "members", "post_count": "posts", "posts_count": "posts"}


def read(forum: Forum, context: Context) -> Iterator[Item]:
    """Categories as channels, totals as counts."""
    try:
        categories = forum.categories()
    except Unauthorized as error:
        # the one request every forum answers first: say what is wrong with the key, if there is one
        cure = "check api_key and api_username" if forum.has_key else "the forum asks for a login: set api_key"
        raise Unauthorized(error.source, error.place, error.problem, cure) from None
    yield Page("channels", [records.channel(category) for category in categories])
    stated = {METRICS[name]: value for name, value in forum.about().items() if name in METRICS}
    if not stated:
        yield Coverage("counts", None, None, NO_TOTALS)
    scope = {"scope": "community", "id": ""}
    yield Page("counts", [scope | {"metric": metric, "value": value} for metric, value in stated.items()])
