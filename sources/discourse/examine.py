"""Tries what a key can see, for `muster check`."""

from __future__ import annotations

from sources.connector import Finding
from sources.discourse.api import Forum
from sources.discourse.members import NO_KEY, NOT_ALLOWED
from sources.errors import NotFound, SourceError, Unauthorized


def examine(forum: Forum) -> list[Finding]:
    """One finding for each thing we would read."""
    try:
        posts, _ = forum.posts(None)
        categories = forum.categories()
    except Unauthorized as error:
        cure = "check api_key and api_username" if forum.has_key else "the forum asks for a login: set api_key"
        return [Finding("error", str(Unauthorized(error.source, error.place, error.problem, cure)))]
    except SourceError as error:
        return [Finding("error", str(error))]
    findings = [Finding("ok", f"posts and categories can be read ({len(categories)} categories)")]
    if not posts:
        findings.append(Finding("warning", "no post is visible: the forum is empty, or all of it is private"))
    return [*findings, _totals(forum), _members(forum)]


def _totals(forum: Forum) -> Finding:
    if forum.about():
        return Finding("ok", "the forum states its totals (about.json)")
    return Finding("warning", "the forum's own totals are not visible (about.json): no check against them")


def _members(forum: Forum) -> Finding:
    if not forum.has_key:
        return Finding("warning", NO_KEY)
    try:
        forum.users(1)
    except (Unauthorized, NotFound):
        return Finding("warning", NOT_ALLOWED)
    except SourceError as error:
        return Finding("error", str(error))
    return Finding("ok", "the member list can be read: joining and leaving are seen")
