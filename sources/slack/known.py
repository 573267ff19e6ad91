"""What the warehouse knows of a workspace, against what Slack shows: messages deleted, reactions taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources import slack_records as records
from sources.connector import Context, Item, Page
from sources.slack.history import Stretch, tombstones


class Known:
    """The living messages and reactions, looked up by channel; the warehouse is asked only when it is needed."""

    def __init__(self, context: Context) -> None:
        """Asks the warehouse nothing yet."""
        self.context = context
        self._channel: tuple[str, pa.Table, pa.Table] | None = None

    @cached_property
    def _messages(self) -> pa.Table:
        return self.context.known("messages")

    @cached_property
    def _reactions(self) -> pa.Table:
        return self.context.known("reactions")

    def _of(self, channel: str) -> tuple[pa.Table, pa.Table]:
        """One channel's messages and reactions; only the latest channel asked for is kept."""
        if self._channel is None or self._channel[0] != channel:
            messages, reactions = (_in(table, channel) for table in (self._messages, self._reactions))
            self._channel = (channel, messages, reactions)
        return self._channel[1:]

    def openers(self, channel: str) -> set[str]:
        """The ts of messages that stand outside threads or open one."""
        messages = self._of(channel)[0]
        return set(messages.filter(pc.equal(messages["thread_ts"], messages["ts"]))["ts"].to_pylist())

    def replies(self, channel: str, opener: str) -> set[str]:
        """The ts of a thread's replies."""
        messages = self._of(channel)[0]
        of_thread = messages.filter(pc.equal(messages["thread_ts"], opener))["ts"].to_pylist()
        return set(of_thread) - {opener}

    def is_anything_below(self, channel: str, ts: str) -> bool:
        """Whether we know of anything older."""
        return bool(pc.any(pc.less_equal(self._of(channel)[0]["ts"], ts), min_count=0).as_py())

    def missing(self, stretch: Stretch) -> Iterator[Item]:
        """Tombstones of what a complete page lacks, the threads of lost openers with them; reactions taken back."""
        messages = self._of(stretch.channel)[0]
        ts = messages["ts"]
        # the page reaches down to its lowest message: what lies exactly there was shown
        inside = pc.and_(pc.greater(ts, stretch.low), pc.less(ts, stretch.high))
        found = messages.filter(pc.and_(inside, pc.equal(messages["thread_ts"], ts)))["ts"].to_pylist()
        lost = [one for one in found if one not in stretch.ids]
        gone = [(opener, opener) for opener in lost]
        gone += [(opener, reply) for opener in lost for reply in self.replies(stretch.channel, opener)]
        if gone:
            yield tombstones(stretch.channel, gone, self.context.now)
        yield from self.taken_back(stretch)

    def missing_replies(self, channel: str, opener: str, present: set[str]) -> Iterator[Item]:
        """Tombstones of a thread's known replies that are no longer in it."""
        if gone := self.replies(channel, opener) - present:
            yield tombstones(channel, [(opener, ts) for ts in gone], self.context.now)

    def taken_back(self, stretch: Stretch) -> Iterator[Item]:
        """Reactions known of a page's messages that are no longer on them; where Slack names too few, none is."""
        known = self._of(stretch.channel)[1]
        if not known.num_rows or not stretch.ids:
            return
        known = known.filter(pc.is_in(known["ts"], pa.array(sorted(stretch.ids), pa.string())))
        shown, partial = _reactions(stretch.found)
        back = [
            row | {"is_removed": True}
            for row in known.to_pylist()
            if (row["ts"], row["name"], row["user"]) not in shown and (row["ts"], row["name"]) not in partial
        ]
        if back:
            yield Page("reactions", back)


def _in(table: pa.Table, channel: str) -> pa.Table:
    return table.filter(pc.equal(table["channel_id"], channel))


def _reactions(found: Iterable[Any]) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """(ts, name, user) of the reactions shown, and (ts, name) of those with more people than named."""
    shown, partial = set[tuple[Any, ...]](), set[tuple[Any, ...]]()
    for message in found:
        if not isinstance(message, dict):
            continue
        ts = str(message.get("ts"))
        for reaction in records.objects(message.get("reactions")):
            users, count = reaction.get("users"), reaction.get("count")
            named = [str(user) for user in users] if isinstance(users, list) else []
            shown |= {(ts, str(reaction.get("name")), user) for user in named}
            if not isinstance(count, int) or count > len(named):
                partial.add((ts, str(reaction.get("name"))))
    return shown, partial
