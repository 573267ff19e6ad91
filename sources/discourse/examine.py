"""Tries what a key can see, for `muster check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sources.connector import Finding
from sources.discourse import moderation
from sources.discourse.api import Forum
from sources.discourse.community import NO_TOTALS
from sources.discourse.members import NO_KEY, NOT_ALLOWED
from sources.discourse.moderation import NO_FLAGS, NO_LOG
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
    return [*findings, _totals(forum), *_staff(forum)]


def _totals(forum: Forum) -> Finding:
    if forum.about():
        return Finding("ok", "the forum states its totals (about.json)")
    return Finding("warning", NO_TOTALS)


def _staff(forum: Forum) -> Iterator[Finding]:
    """What only an admin's key sees; one that cannot see the members is not tried on the rest, as in a run."""
    if not forum.has_key:
        yield Finding("warning", NO_KEY)
        yield Finding("warning", moderation.NO_KEY)
        return
    members = _tried(lambda: forum.users(1), "the member list can be read: joining and leaving are seen", NOT_ALLOWED)
    yield members
    if members.level != "ok":
        yield Finding("warning", moderation.NOT_STAFF)
        return
    yield _tried(lambda: forum.staff_log(0), "the staff log can be read: removals and penalties are seen", NO_LOG)
    yield _tried(lambda: forum.reviews("pending", 0), "the review queue can be read: flags are seen", NO_FLAGS)


def _tried(ask: Callable[[], object], good: str, refused: str) -> Finding:
    try:
        ask()
    except (Unauthorized, NotFound):
        return Finding("warning", refused)
    except SourceError as error:
        return Finding("error", str(error))
    return Finding("ok", good)
