"""Discourse's answers about the site as a whole: categories, figures, members, and its error words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sandbox import discourse_shapes as shapes
from sandbox.discourse_state import AccountRow, State
from sandbox.messages import Answer, Request
from sandbox.moments import DAY

_TITLE, _ABOUT = "Lanternfield", "A forum of garden lanterns"
_DIRECTORY_PAGE, _ADMIN_PAGE = 50, 100
_ERRORS = {
    "not_found": (404, "The requested URL or resource could not be found."),
    "not_logged_in": (403, "You need to be logged in to do that."),
    "invalid_access": (
        403,
        "You are not permitted to view the requested resource. The API username or key is invalid.",
    ),
}
_FLAGS: dict[str, Callable[[AccountRow], bool]] = {
    "active": lambda one: True,
    "new": lambda one: True,
    "staff": lambda one: one.admin or one.moderator,
    "suspended": lambda one: one.suspended_at is not None,
}


def encoded(value: Any) -> Answer:
    """A 200 with one JSON value."""
    return Answer(msgspec.json.encode(value))


def error(kind: str) -> Answer:
    """Discourse's error answer of that kind."""
    status, text = _ERRORS[kind]
    return Answer(msgspec.json.encode({"errors": [text], "error_type": kind}), status=status)


def categories(state: State, request: Request, _: str) -> Answer:
    """/categories.json: the top ones, their children inside them when asked for."""
    nested = request.query.get("include_subcategories", [""])[-1] == "true"
    shown = [one for one in state.categories.values() if one.parent_id is None]
    made = [_with_children(state, shapes.category(state, one), nested) for one in shown]
    head = b'{"category_list":{"can_create_category":false,"can_create_topic":false,"categories":['
    return Answer(head, [msgspec.json.encode(one) for one in made], b"]}}")


def _with_children(state: State, made: dict[str, Any], nested: bool) -> dict[str, Any]:
    if nested and made["subcategory_ids"]:
        children = [state.categories[number] for number in made["subcategory_ids"]]
        made["subcategory_list"] = [shapes.category(state, child) for child in children]
    return made


def about(state: State, request: Request, _: str) -> Answer:
    """/about.json: the platform's own figures, and who the staff are."""
    people = [one for one in state.accounts.values() if one.id > 0]
    stats = {
        "topics_count": sum(bool(topic.posts) for topic in state.topics.values()),
        "posts_count": len(state.regular),
        "users_count": len(people),
        "likes_count": sum(state.rows[number].likes for number in state.public),
    }
    for name, days in (("last_day", 1), ("7_days", 7), ("30_days", 30)):
        since = state.now - days * DAY
        recent = [state.rows[number] for number in state.regular if state.rows[number].at > since]
        stats[f"topics_{name}"] = sum(row.number == 1 for row in recent)
        stats[f"posts_{name}"] = len(recent)
        stats[f"users_{name}"] = sum(one.at > since for one in people)
        stats[f"active_users_{name}"] = len({row.account_id for row in recent})
    staff = [one for one in state.accounts.values() if one.admin or one.moderator]
    facts = {
        "stats": stats, "title": _TITLE, "description": _ABOUT, "locale": "en", "version": "2026.6.0",
        "https": False, "can_see_about_stats": True, "admin_ids": [one.id for one in staff if one.admin],
        "moderator_ids": [one.id for one in staff if one.moderator], "category_moderators": [],
    }  # fmt: skip
    return encoded({"users": [{**shapes.basic(one), "title": None} for one in staff], "about": facts})


def basic_info(closed: bool) -> Answer:
    """/site/basic-info.json."""
    pictures = ("logo_url", "logo_small_url", "apple_touch_icon_url", "favicon_url", "mobile_logo_url")
    return encoded({
        **dict.fromkeys(pictures, "https://example.org/logo.png"), "title": _TITLE, "description": _ABOUT,
        "header_primary_color": "333333", "header_background_color": "ffffff", "login_required": closed,
        "locale": "en", "include_in_discourse_discover": False,
    })  # fmt: skip


def admin_list(state: State, request: Request, flag: str) -> Answer:
    """/admin/users/list: 100 a page from page 1, newest first; beyond the last an empty list. `active` and `new` hold
    everyone, as on the real one."""
    keep = _FLAGS.get(flag)
    found = [one for one in state.accounts.values() if keep is not None and keep(one)]
    found.sort(key=lambda one: (one.at, one.id), reverse=request.query.get("asc", [""])[-1] != "true")
    first = (max(1, request.number("page") or 1) - 1) * _ADMIN_PAGE
    page = found[first : first + _ADMIN_PAGE] or (found[:_ADMIN_PAGE] if request.endless else [])
    with_email = request.query.get("show_emails", [""])[-1] == "true"
    return Answer(b"[", [msgspec.json.encode(shapes.admin_row(state, one, with_email)) for one in page], b"]")


def directory(state: State, request: Request, _: str) -> Answer:
    """/directory_items.json: 50 a page from page 0, by the order asked for."""
    order, page = request.query.get("order", ["post_count"])[-1], max(0, request.number("page") or 0)
    rows = [shapes.directory_row(state, one) for one in state.accounts.values() if one.id > 0]
    if rows and order not in rows[0]:
        return error("not_found")
    rows.sort(key=lambda row: (-row[order], row["id"]))
    more = f"/directory_items?order={order}&page={page + 1}&period=all"
    meta = {"last_updated_at": None, "total_rows_directory_items": len(rows), "load_more_directory_items": more}
    shown = rows[page * _DIRECTORY_PAGE : (page + 1) * _DIRECTORY_PAGE]
    tail = b'],"meta":' + msgspec.json.encode(meta) + b"}"
    return Answer(b'{"directory_items":[', [msgspec.json.encode(row) for row in shown], tail)
