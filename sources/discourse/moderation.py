"""Reads what staff did and what members flagged, where the key is of staff; otherwise says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sources.connector import Context, Coverage, Item
from sources.discourse import review_queue, staff_log
from sources.discourse.api import Forum
from sources.errors import NotFound, Unauthorized

NO_KEY = "no api_key: what moderators do is not seen; set the api_key and api_username of an admin"
NOT_STAFF = "the api_key is not an admin's or moderator's: what moderators do is not seen; use an admin's key"
NO_LOG = (
    "the staff log cannot be read: removals, suspensions, silences and locks are not seen; "
    "use an admin's key with the global scope 'read', on a Discourse that is up to date"
)
NO_FLAGS = (
    "the review queue cannot be read: flags are not seen; "
    "use an admin's key with the global scope 'read', on a Discourse that is up to date"
)


def read(forum: Forum, context: Context, since: datetime | None, *, is_staff: bool) -> Iterator[Item]:
    """The staff log and the flags; a key that cannot see even the members is not tried."""
    if not is_staff:
        yield Coverage("moderation", None, None, NOT_STAFF if forum.has_key else NO_KEY)
        return
    is_whole = True
    for part, reason in ((staff_log, NO_LOG), (review_queue, NO_FLAGS)):
        try:
            yield from part.read(forum, context, since)
        except (Unauthorized, NotFound):
            is_whole = False
            yield Coverage("moderation", None, None, reason)
    if is_whole:
        yield Coverage("moderation", since, context.now)
