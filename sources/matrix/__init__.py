"""Matrix rooms over the client-server API: yields all seven streams.

Reads /account/whoami, /directory/room/{alias}, /sync, /rooms/{id}/messages and /rooms/{id}/joined_members.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sources.address import Address
from sources.connector import Connector, Context, Finding, Item, unseen
from sources.matrix import examine, sight
from sources.matrix.api import Homeserver
from sources.matrix.rooms import shown
from sources.matrix.streams import STREAMS
from sources.matrix.walk import Walk


class Options(BaseModel):
    """What muster.toml may say of a Matrix source."""

    model_config = ConfigDict(extra="forbid")

    base_url: Address
    rooms: list[str] = []
    start: date | None = None
    page_size: int = Field(1000, ge=1, le=1000)
    max_requests: int = Field(200_000, ge=1)
    timeout: float = Field(60.0, gt=0)

    @field_validator("rooms")
    @classmethod
    def _names(cls, value: list[str]) -> list[str]:
        for name in value:
            if name[:1] not in ("!", "#"):
                raise ValueError(f"expected a room id (!…) or alias (#…), not {name!r}")
        return value


def read(context: Context) -> Iterator[Item]:
    """All that is new since the state; a fresh state means everything."""
    start = context.options.start
    since = datetime.combine(start, time()) if start else None
    with Homeserver(context) as server:
        me = server.whoami()
        walk = Walk(server, context, me, since.replace(tzinfo=UTC).timestamp() if since else None)
        yield from walk.run()
    yield from _encrypted(walk)
    yield from sight.coverage([*sight.holes(walk.rooms, me), *_unreadable(walk, since)], since, context.now)


def _encrypted(walk: Walk) -> Iterator[Item]:
    """Rooms whose texts nobody but their members' own devices can read."""
    for room_id, facts in walk.rooms.items():
        if facts.get("is_encrypted") and "left_at" not in facts:
            yield unseen(walk.context, "messages", f"room {shown(room_id, facts)}: {sight.ENCRYPTED}")


def _unreadable(walk: Walk, since: datetime | None) -> Iterator[sight.Hole]:
    """Configured rooms that could not be read at all."""
    names = [*walk.missing, *(name for room_id, name in walk.wanted.items() if room_id not in walk.rooms)]
    for name in names:
        yield since, None, f"room {name}: {walk.me} is not in it; invite it, or take the room out of `rooms`"
    for room_id, facts in walk.rooms.items():
        if room_id in walk.wanted and "left_at" in facts:
            reason = f"room {walk.wanted[room_id]}: {walk.me} is no longer in it; invite it again, or take the room out"
            yield datetime.fromtimestamp(facts["left_at"], UTC).replace(tzinfo=None), None, reason


def check(context: Context) -> list[Finding]:
    """Whose token it is, which rooms it reads, and what of them it does not."""
    with Homeserver(context) as server:
        return examine.examine(server, context)


CONNECTOR = Connector(
    platform="matrix",
    title="Matrix",
    streams=STREAMS,
    options=Options,
    secrets=("access_token",),
    membership="every join, leave, kick, ban, unban and invite of each room, exact (m.room.member)",
    test_bed="the real Synapse homeserver, and recorded exchanges with one",
    proves="behaviour",
    cannot={
        "accounts": "who is a bot is not told; declare them in muster.toml",
        "messages": "texts of encrypted rooms, and of what was redacted before the first pull; "
        "in rooms that hide it, what was said before the account joined",
        "reactions": "those taken back before the first pull no longer say what they were",
    },
    is_live=True,
    read=read,
    check=check,
)
