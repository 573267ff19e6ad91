"""The requests a Matrix homeserver is asked, and the checks that its answers have the expected shape."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import msgspec

from sources.connector import Context
from sources.errors import BadAnswer, Unauthorized
from sources.http import Client, Limits
from sources.matrix.events import MESSAGE_TYPES
from sources.matrix.rooms import STATE_TYPES

READ_TYPES = (*MESSAGE_TYPES, "m.reaction", "m.room.redaction", *STATE_TYPES)
TIMELINE = 100  # what servers give at most of a room's news
_PREFIX = "_matrix/client/v3/"


class Timeline(msgspec.Struct):
    """A room's news; where they are limited the rest is found from prev_batch backwards."""

    events: list[msgspec.Raw] = []
    limited: bool = False
    prev_batch: str | None = None


class State(msgspec.Struct):
    """State as it was before the timeline begins."""

    events: list[msgspec.Raw] = []


class News(msgspec.Struct):
    """What a sync says of one room."""

    timeline: Timeline = msgspec.field(default_factory=Timeline)
    state: State = msgspec.field(default_factory=State)


class Rooms(msgspec.Struct):
    """Rooms by what the account is to them."""

    join: dict[str, News] = {}
    leave: dict[str, News] = {}
    invite: dict[str, Any] = {}


class Sync(msgspec.Struct):
    """An answer of /sync."""

    next_batch: str
    rooms: Rooms = msgspec.field(default_factory=Rooms)


class Chunk(msgspec.Struct):
    """A page of /messages; the last one has no end."""

    chunk: list[msgspec.Raw]
    end: str | None = None


class Homeserver:
    """One homeserver as seen with one access token."""

    def __init__(self, context: Context) -> None:
        """Opens no connection yet."""
        options = context.options
        self.context, self.page_size = context, options.page_size
        token = context.secrets.get("access_token", "")
        self.has_token = bool(token)
        self.http = Client(
            context.source,
            options.base_url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            # a first sync names every member of every room
            limits=Limits(max_bytes=256 * 1024 * 1024, max_requests=options.max_requests, timeout=options.timeout),
            meter=context.meter,
            sleep=context.sleep,
            transport=context.transport,
        )

    def __enter__(self) -> Homeserver:
        """The homeserver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.http.__exit__()

    def whoami(self) -> str:
        """The account the token belongs to; the first request, so the one that says what is wrong with it."""
        try:
            answer = self.http.json(_PREFIX + "account/whoami")
        except Unauthorized as error:
            cure = "log in again and set access_token" if self.has_token else "set access_token"
            raise Unauthorized(error.source, error.place, error.problem, cure) from None
        user_id = answer.get("user_id") if isinstance(answer, dict) else None
        if not isinstance(user_id, str):
            cure = "set base_url to the address of a homeserver's client API"
            raise BadAnswer(self.context.source, "account/whoami", "this is no answer of a Matrix homeserver", cure)
        return user_id

    def room_id(self, alias: str) -> str:
        """The room an alias leads to."""
        answer = self.http.json(f"{_PREFIX}directory/room/{quote(alias, safe='')}")
        return str(answer["room_id"])

    def sync(self, since: str | None) -> Sync:
        """All rooms' state and the last event of each, or with `since` what is new.

        No filter by room: with one, Synapse leaves m.room.create out of rooms of version 12, whose id is that event's.
        """
        nothing: dict[str, Any] = {"types": []}
        room: dict[str, Any] = {
            "timeline": {"limit": TIMELINE if since else 1, "types": READ_TYPES},
            "state": {"types": STATE_TYPES},
            "ephemeral": nothing,
            "account_data": nothing,
        }
        told = {"room": room, "presence": nothing, "account_data": nothing}
        query = {"filter": _compact(told), "timeout": 0, "set_presence": "offline"}
        params = query | ({"since": since} if since else {})
        return self.http.read(_PREFIX + "sync", params, _sync)

    def messages(self, room_id: str, start: str, to: str | None) -> Chunk:
        """A page of a room's past, newest first, from one token down to another."""
        query = {"dir": "b", "from": start, "limit": self.page_size, "filter": _compact({"types": READ_TYPES})}
        path = f"{_PREFIX}rooms/{quote(room_id, safe='')}/messages"
        return self.http.read(path, query | ({"to": to} if to else {}), _chunk)

    def joined(self, room_id: str) -> int:
        """How many are in a room."""
        answer = self.http.json(f"{_PREFIX}rooms/{quote(room_id, safe='')}/joined_members")
        joined = answer.get("joined") if isinstance(answer, dict) else None
        return len(joined) if isinstance(joined, dict) else 0


def decoded(raws: list[msgspec.Raw]) -> list[Any]:
    """Events of their exact JSON texts; half an emoji, which the fast decoder refuses, is read by the slow one."""
    return [_event(raw) for raw in raws]


def _event(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return json.loads(bytes(raw))


def _sync(body: bytes) -> Sync:
    return msgspec.json.decode(body, type=Sync)


def _chunk(body: bytes) -> Chunk:
    return msgspec.json.decode(body, type=Chunk)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
