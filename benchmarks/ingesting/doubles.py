"""Doubles in a process of their own, so that what they cost is nobody's: a forum for all comers, and a workspace."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from sandbox import discourse, discourse_site, slack_api
from sandbox.community import simulate
from sandbox.discourse_replay import Simulated
from sandbox.engine import Double, running
from sandbox.messages import Answer, Request
from sandbox.model import Channel, Chat, ChatMembership, ChatMessage, ChatUser, Community
from sandbox.moments import DAY, SECOND, iso, micros, moment

SLACK_NOW = datetime(2026, 6, 29)
_TOPICS = 30


class Remote:
    """The far end's clock, latency and counts."""

    def __init__(self, line: Connection) -> None:
        """`line` leads to the double's process."""
        self.line = line
        self.base_url, self.facts = line.recv()

    def tell(self, name: str, value: Any) -> None:
        """Sets the double's `now` or `latency`."""
        self.line.send((name, value))
        self.line.recv()

    def requests(self) -> int:
        """Requests since the last time this was asked."""
        self.line.send(("requests", None))
        return int(self.line.recv())


@contextmanager
def far(kind: str) -> Iterator[Remote]:
    """A double of that kind ('forum' or 'workspace') in another process."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(kind, there), daemon=True)
    process.start()
    try:
        yield Remote(here)
    finally:
        here.send(("stop", None))
        process.join(20)


def _serve(kind: str, line: Connection) -> None:
    double, facts = forum() if kind == "forum" else (slack_api.serve(workspace(), now=SLACK_NOW), {})
    with double as served:
        line.send((served.base_url, facts))
        while (order := line.recv())[0] != "stop":
            if order[0] == "requests":
                line.send(served.requests.total)
                served.requests.clear()
            else:
                setattr(served, order[0], order[1])
                line.send(None)


def forum() -> tuple[Any, dict[str, Any]]:
    """A simulated forum, also by the list of topics that walkers of topics need; and the moment 298 posts ago."""
    community = simulate(members=800, messages=20_000)
    times = sorted(post.at for post in community.forum.posts.values() if post.gone_at is None and post.kind == 1)
    face = Listed(Simulated(community), None, "system", False, "plain")
    return running(Double(face, moment(community.end))), {"before": moment(times[-299]), "end": moment(community.end)}


class Listed(discourse.Discourse):
    """The face with /latest.json, thirty topics a page, the latest first."""

    def answer(self, request: Request) -> Answer:
        """Everything else as it is."""
        if request.path != "/latest.json":
            return super().answer(request)
        state = self.state
        topics = [(max(state.rows[n].at for n in one.posts), one) for one in state.topics.values() if one.posts]
        topics.sort(key=lambda pair: (-pair[0], pair[1].id))
        first = (request.number("page") or 0) * _TOPICS
        shown = [
            {"id": one.id, "title": one.title, "last_posted_at": iso(at), "pinned": False}
            for at, one in topics[first : first + _TOPICS]
        ]
        return discourse_site.encoded({"topic_list": {"topics": shown}})


def workspace() -> Chat:
    """1,400 messages of 318 people in 16 channels, a tenth of them in threads."""
    rng, chat, end = random.Random(1), Chat(), micros(SLACK_NOW)
    for number in range(16):
        key = f"C0BENCH{number:04d}"
        chat.channels[key] = Channel(key, f"channel-{number}", end - 400 * DAY, "U0BENCH0000", is_general=not number)
    for number in range(318):
        key = f"U0BENCH{number:04d}"
        chat.users[key] = ChatUser(key, f"user{number}", f"User {number}", "", end - 300 * DAY, None)
        chat.memberships.append(ChatMembership(end - 300 * DAY, key, "C0BENCH0000", "join"))
    openers: list[ChatMessage] = []
    for number in range(1400):
        at, user = end - 200 * DAY + number * 3 * 3600 * SECOND, f"U0BENCH{rng.randrange(318):04d}"
        parent = rng.choice(openers) if openers and rng.random() < 0.1 else None
        channel = parent.channel if parent else f"C0BENCH{rng.randrange(16):04d}"
        one = ChatMessage(channel, at, f"text {number}", user, thread=parent.at if parent else None)
        chat.messages.append(one)
        if parent is None:
            openers = [*openers[-20:], one]
    return chat


__all__ = ["Community", "far", "forum", "workspace"]
