"""Looks again at known things within a daily budget of requests: edits, scores, new comments, deletions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sources.budget import Budget
from sources.connector import Context, Item, Page
from sources.reddit import records
from sources.reddit.api import PAGE, Reddit
from sources.reddit.land import Lander
from sources.rounds import look_back


class LookBack:
    """One run's look back at what the warehouse knows."""

    def __init__(self, reddit: Reddit, lander: Lander, context: Context) -> None:
        """Asks nothing yet."""
        self.reddit, self.lander, self.context = reddit, lander, context

    def run(self) -> Iterator[Item]:
        """The newest first; then on from where the last run stopped."""
        known = sorted((one for one in self.lander.known if one not in self.lander.landed), key=_age, reverse=True)
        if self.context.full or self.context.since:
            yield from self._all(known)
            return
        yield from look_back(Budget(self.context), known, _age, PAGE, self._look)

    def _all(self, known: list[str]) -> Iterator[Item]:
        """Everything, whatever it costs."""
        for position in range(0, len(known), PAGE):
            yield from self._look(known[position : position + PAGE])

    def _look(self, batch: Sequence[str]) -> Iterator[Item]:
        """What Reddit shows may have changed; what it shows no more, not even as an empty shell, is gone."""
        found = self.reddit.info(batch).things
        yield from self.lander.land(found)
        shown = {str(one.data.get("name")) for one in found}
        if gone := [records.tombstone(one, self.context.now) for one in batch if one not in shown]:
            yield Page("messages", gone)


def _age(name: str) -> tuple[int, str, str]:
    """Submissions and comments each in the order of their making; comments, of which there are more, first."""
    kind, _, number = name.partition("_")
    return len(number), number, kind
