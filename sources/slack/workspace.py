"""One reading of a workspace: lists, what is new, the look-back, members, and what was covered."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, time

from sources.connector import Context, Coverage, Item
from sources.slack import channels, users
from sources.slack.api import MissingScope, Refused, Workspace
from sources.slack.channels import Channel
from sources.slack.history import BEGINNING, History, as_moment, as_ts
from sources.slack.known import Known
from sources.slack.lookback import Budget, LookBack
from sources.slack.members import BEFORE, Members
from sources.slack.walk import Walk
from sources.slack_people import People

HIDDEN = "the workspace's plan hides older messages: change the plan, or bring them in from an export ('slack_export')"


class Reading:
    """The parts of a reading and what they share."""

    def __init__(self, context: Context) -> None:
        """Asks nothing yet."""
        self.context, self.known = context, Known(context)
        self.people = People(context.options.bridge_bots)
        self.since = datetime.combine(context.options.start, time()) if context.options.start else None

    def run(self) -> Iterator[Item]:
        """All of it: lists, what is new, what has changed, who belongs where, what was covered."""
        with Workspace(self.context) as workspace:
            found = yield from channels.read(workspace, self.context)
            is_listed = yield from self._users(workspace)
            history = History(workspace, self.context, self.people)
            walk = Walk(history, self.context, as_ts(self.since) if self.since else BEGINNING, self.known)
            self._begin(walk)
            before = {one.id: mark for one in found if (mark := walk.reached(one.id))}
            readable = yield from self._new(walk, found)
            marks = {one.id: before[one.id] for one in readable if one.id in before}
            budget = Budget(self.context)
            if not self.context.full:  # a full walk has just looked at everything
                yield from LookBack(walk, self.known, budget, marks).run()
            yield from Members(workspace, walk, budget).run(readable)
            if history.has_strangers and not is_listed:
                yield from users.read(workspace, self.context, self.people)
            yield from self._coverage(history)

    def _users(self, workspace: Workspace) -> Generator[Item, None, bool]:
        """The list of users if a day has passed; whether it was asked for."""
        is_due = users.is_due(self.context)
        if is_due:
            yield from users.read(workspace, self.context, self.people)
        self.people.know(self.context.known("accounts")["id"].to_pylist())
        return is_due

    def _begin(self, walk: Walk) -> None:
        """A full run and a changed start read everything again."""
        if self.context.full or self.context.state.get("start", walk.start) != walk.start:
            walk.forget()
        self.context.state["start"] = walk.start

    def _new(self, walk: Walk, found: list[Channel]) -> Generator[Item, None, list[Channel]]:
        """What is new in each channel; returns those that could be read."""
        readable = []
        for channel in found:
            state = walk.states.setdefault(channel.id, {})
            if channel.is_archived and state.get("mark") and "low" not in state:
                continue  # nothing is written there any more
            word = state.get("refused") if channel.is_member is False else None
            if word is None:
                word = yield from self._channel(walk, channel)
            if word is None:
                state.pop("refused", None)
                readable.append(channel)
            else:
                state["refused"] = word  # not asked again before the list says that we are in
                yield from channels.refused(channel, word, walk.mark(channel.id), self.context)
        return readable

    def _channel(self, walk: Walk, channel: Channel) -> Generator[Item, None, str | None]:
        """One channel; returns Slack's word if it refuses."""
        try:
            yield from walk.channel(channel.id)
        except Refused as refusal:
            return str(refusal)
        except MissingScope:
            if not channel.is_private:
                raise
            return "missing_scope"
        return None

    def _coverage(self, history: History) -> Iterator[Coverage]:
        """What one run could not see stays unseen in the next: it is stated again."""
        now, state = self.context.now, self.context.state
        first = datetime.fromisoformat(state.setdefault("members_since", now.isoformat()))
        for stream in ("messages", "reactions"):
            yield Coverage(stream, self.since, now)
        yield Coverage("memberships", self.since, first, BEFORE)
        yield Coverage("memberships", first, now)
        refused = state.get("users_refused")
        yield Coverage("accounts", None, None if refused else now, refused)
        for low, high in self._hidden(history):
            for stream in ("messages", "reactions", "memberships"):
                yield Coverage(stream, None if low == BEGINNING else as_moment(low), as_moment(high), HIDDEN)

    def _hidden(self, history: History) -> list[list[str]]:
        """The stretches the plan has hidden so far; the oldest message shown anywhere is where they end."""
        known: list[list[str]] = self.context.state.setdefault("hidden", [])
        if history.limits:
            low, high = min(oldest for oldest, _ in history.limits), min(shown for _, shown in history.limits)
            known = [*known, [low, high]] if low < high and not any(one[0] == low for one in known) else known
            self.context.state["hidden"] = known
        return known
