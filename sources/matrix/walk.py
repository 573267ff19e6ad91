"""Reads rooms: one /sync says what is new everywhere, /messages then walks every stretch it left out, newest first.

The cursor is the sync token up to which all is landed, and the stretches (room, from, to) not walked yet. A first read
is a stretch without an end for each room; an increment is a short one, or none. Tokens are opaque and never compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from sources.connector import Context, Item, Page
from sources.errors import BadAnswer, NotFound, Unauthorized
from sources.matrix import records, sight
from sources.matrix.api import Homeserver, News, decoded
from sources.matrix.events import content, seconds
from sources.matrix.landing import Lander, People
from sources.matrix.rooms import Facts, learn, shown

Gap = dict[str, Any]


class Walk:
    """One pull of a homeserver."""

    def __init__(self, server: Homeserver, context: Context, me: str, start: float | None) -> None:
        """Everything is read again if the account or the start is another, or all is asked for."""
        self.server, self.context, self.me, self.start = server, context, me, start
        self.state = context.state
        same = (self.state.get("user_id"), self.state.get("start")) == (me, start)
        self.old: dict[str, Any] = deepcopy(dict(self.state)) if same and not context.full else {}
        self.rooms: dict[str, Facts] = self.old.get("rooms", {})
        self.gaps: list[Gap] = self.old.get("gaps", [])
        self.since: str | None = self.old.get("since")
        self.lander, self.people = Lander(context, start), People(context)
        self.wanted, self.missing = self._resolve()
        self._last: frozenset[str] = frozenset()

    def run(self) -> Iterator[Item]:
        """What is new, then every stretch left out, then what could be seen."""
        yield from self._news()
        while gaps := self.state["gaps"]:
            yield from self._step(gaps[0])

    def _resolve(self) -> tuple[dict[str, str], list[str]]:
        """The configured rooms as id → the name given; and those that no room answers to."""
        aliases = dict(self.old.get("aliases", {}))
        missing = []
        for name in self.context.options.rooms:
            if name.startswith("#") and name not in aliases:
                try:
                    aliases[name] = self.server.room_id(name)
                except (NotFound, Unauthorized):
                    missing.append(name)
        self.aliases = aliases
        found = {aliases.get(name, name): name for name in self.context.options.rooms if name not in missing}
        return found, missing

    def _news(self) -> Iterator[Item]:
        """One sync; the cursor moves when all of it was yielded."""
        wanted = sorted(self.wanted)
        # rooms named anew are told only by a sync from the beginning
        is_first = self.since is None or self.old.get("wanted") != wanted
        sync = self.server.sync(None if is_first else self.since)
        for room_id, news in sorted(sync.rooms.join.items()):
            if not wanted or room_id in self.wanted:
                yield from self._room(room_id, news, is_first)
        for room_id, news in sorted(sync.rooms.leave.items()):
            if room_id in self.rooms:
                yield from self._left(room_id, news, sync.next_batch)
        for room_id in sync.rooms.invite:
            self.context.meter.notes.append(f"{self.me} is invited to {room_id} but not in it: accept to have it read")
        if self.context.since:
            again = {"from": sync.next_batch, "to": None, "until": self._asked()}
            self.gaps += [{"room": room_id} | again for room_id, facts in self.rooms.items() if "upto" not in facts]
        told = {"user_id": self.me, "start": self.start, "since": sync.next_batch, "wanted": wanted}
        self.state.update(told | {"rooms": self.rooms, "gaps": self.gaps, "aliases": self.aliases})

    def _room(self, room_id: str, news: News, is_first: bool) -> Iterator[Item]:
        """A room's news: what it is, who is in it, what was said last; the rest becomes a stretch to walk."""
        before = self.rooms.get(room_id)
        facts = self.rooms.setdefault(room_id, {})
        timeline = decoded(news.timeline.events)
        events = [event for event in [*decoded(news.state.events), *timeline] if isinstance(event, dict)]
        if learn(facts, events):
            yield Page("channels", [records.channel(room_id, facts)])
        members = {event.get("state_key"): event for event in events if event.get("type") == "m.room.member"}
        if accounts := self.people.newest(events):
            yield Page("accounts", accounts)
        if members:
            is_whole = is_first or before is None
            count = _joined(members.values()) if is_whole else self.server.joined(room_id)
            yield Page("counts", [records.members(room_id, count)])
        yield from self.lander.land(room_id, timeline, news.timeline.events)
        came = seconds(members[self.me]) if self.me in members else None
        if (gone := facts.pop("left_at", None)) and came:
            sight.away(facts, gone, came)
        upto = facts.pop("upto", self.since) if before is not None else None
        if news.timeline.prev_batch and (news.timeline.limited or upto is None or is_first):
            gap: Gap = {"room": room_id, "from": news.timeline.prev_batch, "to": upto, "came": came}
            sight.note(gap, facts, timeline[::-1], self.me)
            self.gaps.append(gap)

    def _left(self, room_id: str, news: News, next_batch: str) -> Iterator[Item]:
        """A room we are no longer in: its news up to our going."""
        facts, timeline = self.rooms[room_id], decoded(news.timeline.events)
        yield from self.lander.land(room_id, timeline, news.timeline.events)
        if news.timeline.limited and news.timeline.prev_batch:
            self.gaps.append({"room": room_id, "from": news.timeline.prev_batch, "to": self.since})
        own = [event for event in timeline if isinstance(event, dict) and event.get("state_key") == self.me]
        facts["left_at"] = seconds(own[-1]) if own else self._now()
        facts["upto"] = next_batch
        self.context.meter.notes.append(f"{self.me} is no longer in {shown(room_id, facts)}: invite it again")

    def _step(self, gap: Gap) -> Iterator[Item]:
        """One page of a stretch; the cursor moves after the page was yielded."""
        room_id, facts = gap["room"], self.rooms[gap["room"]]
        try:
            page = self.server.messages(room_id, gap["from"], gap["to"])
        except (Unauthorized, NotFound):
            self.server.whoami()  # raises if it is the token that is refused
            refused = [facts.get("created_at"), gap.get("oldest") or self._now(), "refused"]
            facts["holes"] = [*facts.get("holes", []), refused]
            self._done()
            return
        events = decoded(page.chunk)
        self._no_loop(gap, page.end, events)
        if accounts := self.people.older(events):
            yield Page("accounts", accounts)
        yield from self.lander.land(room_id, events, page.chunk)
        sight.note(gap, facts, events, self.me)
        if page.end is None:
            sight.ended(gap, facts)
        if page.end is None or self._is_over(gap, events):
            self._done()
        else:
            gap["from"] = page.end

    def _done(self) -> None:
        self.state["gaps"] = self.state["gaps"][1:]
        self._last = frozenset()

    def _is_over(self, gap: Gap, events: list[Any]) -> bool:
        """Whether a whole page lies before the date asked for; a single date may lie."""
        until = max(gap.get("until") or 0.0, self.start or 0.0)
        dates = [seconds(event) for event in events if isinstance(event, dict)]
        return bool(dates) and all(isinstance(date, float) and date < until for date in dates)

    def _no_loop(self, gap: Gap, end: str | None, events: list[Any]) -> None:
        """A server that sends the same page again would never end."""
        ids = frozenset(str(event.get("event_id")) for event in events if isinstance(event, dict))
        if end is not None and (end == gap["from"] or (ids and ids == self._last)):
            problem = f"it sends the same page of room {gap['room']} again"
            cure = "its pages would never end; check what stands between here and the homeserver"
            raise BadAnswer(self.context.source, "messages", problem, cure)
        self._last = ids

    def _asked(self) -> float:
        assert self.context.since is not None
        return (self.context.since - sight._EPOCH).total_seconds()

    def _now(self) -> float:
        return (self.context.now - sight._EPOCH).total_seconds()


def _joined(members: Any) -> int:
    return sum(content(event).get("membership") == "join" for event in members)
