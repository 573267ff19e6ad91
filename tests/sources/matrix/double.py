"""A small Matrix homeserver behind a mock transport: rooms of events, state, redactions, opaque tokens, short pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx

TOKEN = "syt_s3cr3t_token"
ME = "@muster:double.test"
Event = dict[str, Any]


class Hall:
    """One homeserver; `page` is the most events it gives at once, whatever it is asked for."""

    def __init__(self, page: int = 7, now: datetime = datetime(2024, 3, 1)) -> None:
        self.page, self.now = page, now
        self.events: list[Event] = []
        self.requests: list[httpx.URL] = []
        self.refused: set[str] = set()
        self.transport = httpx.MockTransport(self.answer)

    # --- acts

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def room(self, name: str, *, visibility: str = "shared", me: bool = True) -> str:
        room_id = f"!{name}:double.test"
        self.send(room_id, "@founder:double.test", "m.room.create", {"room_version": "11"}, "")
        self.member(room_id, "@founder:double.test", "join")
        self.send(room_id, "@founder:double.test", "m.room.power_levels", {"users": {"@founder:double.test": 100}}, "")
        self.send(room_id, "@founder:double.test", "m.room.name", {"name": name}, "")
        shown = {"history_visibility": visibility}
        self.send(room_id, "@founder:double.test", "m.room.history_visibility", shown, "")
        if me:
            self.member(room_id, ME, "join")
        return room_id

    def send(self, room_id: str, sender: str, kind: str, content: Mapping[str, Any], key: str | None = None) -> str:
        moment = int(self.tick().replace(tzinfo=UTC).timestamp() * 1000)
        event: Event = {"event_id": f"$e{len(self.events)}", "room_id": room_id, "sender": sender, "type": kind}
        event |= {"content": dict(content), "origin_server_ts": moment, "unsigned": {"age": 1}}
        if key is not None:
            if before := self.state(room_id, len(self.events)).get((kind, key)):
                event["unsigned"] |= {"prev_content": before["content"], "replaces_state": before["event_id"]}
            event["state_key"] = key
        self.events.append(event)
        return str(event["event_id"])

    def member(self, room_id: str, user: str, membership: str, by: str | None = None, **content: Any) -> str:
        return self.send(room_id, by or user, "m.room.member", {"membership": membership} | content, user)

    def redact(self, event_id: str, by: str, **content: Any) -> str:
        event = self.find(event_id)
        redaction = self.send(event["room_id"], by, "m.room.redaction", {"redacts": event_id} | content)
        event["content"] = {}
        event["unsigned"] = event["unsigned"] | {"redacted_because": self.find(redaction)}
        return redaction

    # --- what is there

    def find(self, event_id: str) -> Event:
        return next(event for event in self.events if event["event_id"] == event_id)

    def state(self, room_id: str, upto: int) -> dict[tuple[str, str], Event]:
        events = (event for event in self.events[:upto] if event["room_id"] == room_id and "state_key" in event)
        return {(event["type"], event["state_key"]): event for event in events}

    def membership(self, room_id: str, upto: int) -> str | None:
        event = self.state(room_id, upto).get(("m.room.member", ME))
        return event["content"]["membership"] if event else None

    def visible(self, room_id: str, low: int, high: int, types: list[str]) -> list[tuple[int, Event]]:
        shared = self.state(room_id, len(self.events)).get(("m.room.history_visibility", ""))
        hides = shared is not None and shared["content"]["history_visibility"] == "joined"
        return [
            (number, self.events[number])
            for number in range(low, min(high, len(self.events)))
            if self.events[number]["room_id"] == room_id
            and self.events[number]["type"] in types
            and (
                not hides
                or self.membership(room_id, number + 1) == "join"
                or self.events[number].get("state_key") == ME
            )
        ]

    # --- the API

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "M_UNKNOWN_TOKEN")
        path = [unquote(part) for part in request.url.raw_path.decode().partition("?")[0].split("/")[4:]]
        query = request.url.params
        match path:
            case ["account", "whoami"]:
                return httpx.Response(200, json={"user_id": ME})
            case ["sync"]:
                return httpx.Response(200, json=self._sync(query))
            case ["rooms", room_id, "messages"]:
                return self._messages(room_id, query)
            case ["rooms", room_id, "joined_members"]:
                members = self.state(room_id, len(self.events)).items()
                joined = {
                    k[1]: {} for k, e in members if k[0] == "m.room.member" and e["content"]["membership"] == "join"
                }
                return httpx.Response(200, json={"joined": joined})
            case ["directory", "room", alias] if alias == "#general:double.test":
                return httpx.Response(200, json={"room_id": "!general:double.test", "servers": []})
        return _error(404, "M_NOT_FOUND")

    def _sync(self, query: Mapping[str, str]) -> dict[str, Any]:
        room = json.loads(query["filter"])["room"]
        since = int(query["since"][1:]) if "since" in query else 0
        found: dict[str, dict[str, Any]] = {"join": {}, "leave": {}, "invite": {}}
        for room_id in dict.fromkeys(event["room_id"] for event in self.events):
            if "rooms" in room and room_id not in room["rooms"]:
                continue
            now = self.membership(room_id, len(self.events)) or ""
            was = self.membership(room_id, since) if since else None
            if now == "invite":
                found["invite"][room_id] = {"invite_state": {"events": []}}
            if now == "join" or (now == "leave" and was == "join"):
                news = self._news(room_id, since if was == "join" else 0, room)
                if news["timeline"]["events"] or news["state"]["events"]:
                    found[now][room_id] = news
        return {"next_batch": f"s{len(self.events)}", "rooms": found}

    def _news(self, room_id: str, since: int, room: Mapping[str, Any]) -> dict[str, Any]:
        events = self.visible(room_id, since, len(self.events), room["timeline"]["types"])
        kept = events[-min(room["timeline"]["limit"], self.page) :]
        first = kept[0][0] if kept else len(self.events)
        state = {key: event for key, event in self.state(room_id, first).items() if key[0] in room["state"]["types"]}
        if since:
            state = {key: event for key, event in state.items() if self.events.index(event) >= since}
        timeline = {"events": [_shown(event) for _, event in kept], "limited": len(events) > len(kept) or not since}
        return {"timeline": timeline | {"prev_batch": f"s{first}"}, "state": {"events": [*map(_shown, state.values())]}}

    def _messages(self, room_id: str, query: Mapping[str, str]) -> httpx.Response:
        if room_id in self.refused or self.membership(room_id, len(self.events)) is None:
            return _error(403, "M_FORBIDDEN")
        high, low = int(query["from"][1:]), int(query["to"][1:]) if "to" in query else 0
        types = json.loads(query["filter"])["types"]
        found = self.visible(room_id, low, high, types)[::-1][: min(int(query["limit"]), self.page)]
        body: dict[str, Any] = {"start": query["from"], "chunk": [event for _, event in found]}
        if found:  # as the real one does: only an empty page is the last
            body["end"] = f"t{found[-1][0]}"
        return httpx.Response(200, json=body)


def _shown(event: Event) -> Event:
    """/sync leaves the room's id out."""
    return {name: value for name, value in event.items() if name != "room_id"}


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"errcode": code, "error": f"no, not with {TOKEN}"})
