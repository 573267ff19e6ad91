"""Finds posts that are gone: known to us, but absent from a stretch of ids that was walked completely."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sources.connector import Context, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum

REMEMBERED = 2_000


class Presence:
    """The posts the warehouse knows, against those the forum still lists."""

    def __init__(self, forum: Forum, context: Context) -> None:
        """Asks the warehouse nothing yet."""
        self.forum, self.context = forum, context

    @cached_property
    def known(self) -> npt.NDArray[np.int64]:
        """The ids of all living posts, sorted."""
        return np.sort(self.context.known("messages")["id"].cast("int64").to_numpy())

    def absent(self, low: int, high: int, present: set[int]) -> list[int]:
        """Known ids from low to high that the forum did not list; those it hides from lists only are left out."""
        first, last = np.searchsorted(self.known, low, "left"), np.searchsorted(self.known, high, "right")
        unlisted = set(self.context.state.get("unlisted", []))
        return [int(number) for number in self.known[first:last] if number not in present and number not in unlisted]

    def verify(self, low: int, high: int, present: set[int], budget: int | None = None) -> Iterator[Item]:
        """Asks for each absent post by itself, newest first; a gone one becomes a tombstone."""
        gone, unlisted = [], []
        for post_id in self.absent(low, high, present)[::-1][:budget]:
            is_there, deleted_at = self.forum.has_post(post_id)
            if is_there:
                unlisted.append(post_id)
            else:
                gone.append(records.tombstone(post_id, deleted_at or self.context.now))
        if gone:
            yield Page("messages", gone)
        if unlisted:  # in unlisted topics: not asked for again and again
            remembered = [*self.context.state.get("unlisted", []), *unlisted]
            self.context.state["unlisted"] = remembered[-REMEMBERED:]
