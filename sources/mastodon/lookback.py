"""Looks again at known statuses within a daily budget of requests: edits, counters, answers, favourites, deletions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sources.budget import Budget
from sources.connector import Context, Item, Page
from sources.mastodon import records
from sources.mastodon.api import BATCH, Answer, Server
from sources.mastodon.land import Lander, moment
from sources.mastodon.walk import age
from sources.rounds import look_back


class LookBack:
    """One run's look back at what the warehouse knows."""

    def __init__(self, server: Server, lander: Lander, context: Context) -> None:
        """Asks nothing yet."""
        self.server, self.lander, self.context = server, lander, context

    def run(self) -> Iterator[Item]:
        """The newest first; then on from where the last run stopped."""
        known = [one for one in self.context.known("messages")["id"].to_pylist() if one not in self.lander.landed]
        known.sort(key=age, reverse=True)
        if self.context.full or self.context.since:
            yield from self._all(known)
            return
        yield from look_back(Budget(self.context), known, age, BATCH, self._look)

    def _all(self, known: list[str]) -> Iterator[Item]:
        """Everything, whatever it costs: back to the date the user asked for, if there is one."""
        since = self.context.since
        for position in range(0, len(known), BATCH):
            batch = known[position : position + BATCH]
            answer = self.server.statuses(batch)
            yield from self._compare(batch, answer)
            dates = [date for one in answer.found if isinstance(one, dict) and (date := moment(one))]
            if since and not self.context.full and dates and max(dates) < since.replace(tzinfo=None):
                return

    def _look(self, batch: Sequence[str]) -> Iterator[Item]:
        yield from self._compare(batch, self.server.statuses(batch))

    def _compare(self, batch: Sequence[str], answer: Answer) -> Iterator[Item]:
        """What is shown may have changed; what is not is asked for by itself before it is called gone."""
        yield from self.lander.land(answer)
        shown = {str(one.get("id")) for one in records.nested(answer.found)}
        gone = []
        for message_id in batch:
            if message_id not in shown:
                if found := self.server.status(message_id):
                    yield from self.lander.land(found)
                else:
                    gone.append(records.tombstone(message_id, self.context.now))
        if gone:
            yield Page("messages", gone)
