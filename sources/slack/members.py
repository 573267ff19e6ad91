"""Who is in which channel: what join and leave messages tell exactly, completed by comparing lists of members.

Slack writes those messages sparingly. A channel's list is read the first time, when its stated size differs from what
we know, and once a week; a difference is dated as an interval, never an instant. Those in the first list whose joining
nobody told have been members since an unknown time. All of it is paid from the look-back's budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sources.connector import Context, Coverage, Item, Page, unseen
from sources.slack.api import Refused, Workspace
from sources.slack.channels import Channel
from sources.slack.history import as_moment
from sources.slack.lookback import Budget
from sources.slack.walk import Walk

AGAIN = timedelta(hours=20)
WEEKLY = timedelta(days=7)
NOT_WHOLE = (
    "the list of members could not be read whole: it proves nothing; joins and leaves are those told by messages; "
    "run again, or invite the app to the channel"
)
BEFORE = "who left a channel before its first list of members, without a message that tells it, is not known"
Latest = dict[str, tuple[datetime, str]]
_UNKNOWN = datetime.min


class Members:
    """The comparison of lists with what is known."""

    def __init__(self, workspace: Workspace, walk: Walk, budget: Budget) -> None:
        """Asks nothing yet."""
        self.workspace, self.walk, self.budget = workspace, walk, budget
        self.context: Context = walk.context
        self.listed: dict[str, str] = self.context.state.setdefault("members", {})

    def run(self, channels: Iterable[Channel]) -> Iterator[Item]:
        """Every channel that is due, the one that has waited longest first, while the budget lasts."""
        waiting = [one for one in channels if not one.is_archived and self._is_due(one)]
        waiting.sort(key=lambda one: (self.listed.get(one.id, ""), one.id))
        while waiting and self.budget.left():
            yield from self.budget.spending(self._channel(waiting.pop(0)))
        if waiting:
            reason = (
                f"{len(waiting)} lists of members wait for the next day's requests: who came or went without a message "
                "is not seen; raise lookback_requests_per_day"
            )
            yield Coverage("memberships", _moment(self.listed.get(waiting[0].id)), self.context.now, reason)

    def _is_due(self, channel: Channel) -> bool:
        last = self.listed.get(channel.id)
        if last is None or self.context.full:
            return True
        age = self.context.now - datetime.fromisoformat(last)
        differs = channel.num_members is not None and channel.num_members != len(self._present(channel.id))
        return age >= WEEKLY or (differs and age >= AGAIN)

    def _channel(self, channel: Channel) -> Iterator[Item]:
        ids = self._list(channel.id)
        if ids is None:
            said = unseen(self.context, "memberships", f"#{channel.name[:80]}: {NOT_WHOLE}")
            yield replace(said, observed_from=_moment(self.listed.get(channel.id)) or self.context.now)
            return
        if ids ^ self._present(channel.id):
            # whoever came or went between the messages and the list has told so since: their messages are exact
            told = len(self.walk.history.told)
            yield from self.walk.channel(channel.id)
            fresh = {one.account for one in self.walk.history.told[told:] if one.channel == channel.id}
            present = self._present(channel.id)
            rows = [self._event(channel.id, "join", account) for account in sorted(ids - present - fresh)]
            rows += [self._event(channel.id, "leave", account) for account in sorted(present - ids - fresh)]
            if rows:
                yield Page("memberships", rows)
                self._remember(rows)
        self.listed[channel.id] = self.context.now.isoformat()

    def _list(self, channel: str) -> set[str] | None:
        """All members; None if the list cannot be read or breaks off."""
        ids: set[str] = set()
        try:
            for answer in self.workspace.pages(
                "conversations.members", channel=channel, limit=self.context.options.list_page_size
            ):
                if not all(isinstance(one, str) and one for one in answer.found):
                    return None
                ids |= set(answer.found)
        except Refused:
            return None
        return ids

    def _event(self, channel: str, event: str, account: str) -> dict[str, Any]:
        """An event found between two lists, after the last exact one; without an earlier list its time is unknown."""
        last, known = self.listed.get(channel), self._latest.get(channel, {}).get(account)
        after = max((moment for moment in (_moment(last), known[0] if known else None) if moment), default=None)
        after = None if after == _UNKNOWN else after
        is_undated = event == "join" and last is None
        when = {
            "occurred_at": None if is_undated else self.context.now,
            "occurred_after": None if is_undated else after,
        }
        scope = {"scope": "channel", "scope_id": channel, "is_exact": False}
        return {"account_id": account, "event": event, **scope, **when}

    def _present(self, channel: str) -> set[str]:
        """Those whose latest event is a join."""
        latest = dict(self._latest.get(channel, {}))
        for one in self.walk.history.told:
            if one.channel == channel:
                _newer(latest, one.account, as_moment(one.ts), one.event)
        return {account for account, (_, event) in latest.items() if event == "join"}

    def _remember(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            latest = self._latest.setdefault(row["scope_id"], {})
            _newer(latest, row["account_id"], row["occurred_at"] or _UNKNOWN, row["event"])

    @cached_property
    def _latest(self) -> dict[str, Latest]:
        """Channel → account → (instant, event), of what the warehouse knows."""
        events = self.context.known("memberships")
        latest: dict[str, Latest] = {}
        for row in events.select(["account_id", "scope_id", "event", "occurred_at"]).to_pylist():
            _newer(
                latest.setdefault(row["scope_id"], {}), row["account_id"], row["occurred_at"] or _UNKNOWN, row["event"]
            )
        return latest


def _newer(latest: Latest, account: str, at: datetime, event: str) -> None:
    if account not in latest or at >= latest[account][0]:
        latest[account] = (at, event)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
