"""Matrix communities for the conformance suite: one of our own making, one on the real Synapse."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.sources.conformance import ACTS
from tests.sources.matrix.double import TOKEN, Hall
from tests.sources.matrix.synapse import Synapse

SERVER = "double.test"


class Matrix:
    """What both beds have in common: how rows are read back, and how a homeserver goes wrong."""

    platform = "matrix"
    acts = ACTS
    idle_requests = 2
    compared = ("accounts", "channels", "messages", "reactions", "memberships", "counts", "moderation")

    def account(self, author: str) -> Any:
        raise NotImplementedError

    def text(self, shelf: Any, message: str) -> str | None:
        rows = [row for row in shelf.latest("messages").values() if not row["deleted_at"]]
        edits = [row for row in rows if row["rel_type"] == "m.replace" and row["relates_to"] == message]
        own = [row for row in rows if row["event_id"] == message]
        if not own:
            return None
        return max([*own, *edits], key=lambda row: (row["created_at"], row["event_id"] != message))["body"]

    def name(self, shelf: Any, author: str) -> str | None:
        row = shelf.latest("accounts").get((self.account(author),))
        return row["displayname"] if row else None

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        return body.get("chunk")

    def limited(self) -> httpx.Response:
        body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1797}
        return httpx.Response(429, json=body, headers={"Retry-After": "2"})

    def expired(self) -> httpx.Response:
        return httpx.Response(401, json={"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed."})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        return body | {"chunk": [], "end": f"t{number}"} if "chunk" in body else body


class DoubleBed(Matrix):
    """The bed on our own double."""

    def __init__(self) -> None:
        self.hall = Hall()
        self.room_id = self.hall.room("general")
        self.transport = self.hall.transport
        self.options: dict[str, Any] = {"base_url": f"https://{SERVER}"}
        self.secrets = {"access_token": TOKEN}
        self.names: dict[str, str] = {}

    @property
    def now(self) -> Any:
        return self.hall.tick()

    def account(self, author: str) -> str:
        return f"@{author}:{SERVER}"

    def _ensure(self, author: str) -> str:
        if author not in self.names:
            self.join(author)
        return self.account(author)

    def join(self, author: str) -> None:
        name = self.names.setdefault(author, author)
        self.hall.member(self.room_id, self.account(author), "join", displayname=name)

    def leave(self, author: str) -> None:
        self.hall.member(self.room_id, self.account(author), "leave")

    def rename(self, author: str, name: str) -> None:
        self.names[author] = name
        self.join(author)

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        if answers:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": answers}}
        return self.hall.send(self.room_id, self._ensure(author), "m.room.message", content)

    def edit(self, message: str, text: str) -> None:
        relates = {"rel_type": "m.replace", "event_id": message}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": {"msgtype": "m.text", "body": text}}
        author = self.hall.find(message)["sender"]
        self.hall.send(self.room_id, author, "m.room.message", content | {"m.relates_to": relates})

    def delete(self, message: str) -> None:
        self.hall.redact(message, self.hall.find(message)["sender"])

    def react(self, message: str, author: str, kind: str) -> None:
        relates = {"rel_type": "m.annotation", "event_id": message, "key": kind}
        self.hall.send(self.room_id, self._ensure(author), "m.reaction", {"m.relates_to": relates})

    def unreact(self, message: str, author: str, kind: str) -> None:
        sender = self.account(author)
        for event in self.hall.events:
            relates = event["content"].get("m.relates_to", {})
            if event["type"] == "m.reaction" and event["sender"] == sender and relates.get("event_id") == message:
                self.hall.redact(event["event_id"], sender)
                return


class SynapseBed(Matrix):
    """The bed on the real server: each one a room and users of its own."""

    longest = 20_000  # an event may have 65,536 bytes
    many = 7
    kills = (0, 1, 2, 4, 7, 12)

    def __init__(self, server: Synapse) -> None:
        self.server, self.label = server, f"b{next(server.numbers)}"
        self.users: dict[str, str] = {}
        self.reactions: dict[tuple[str, str, str], str] = {}
        self.me, self.founder = server.register(f"muster-{self.label}"), server.register(f"founder-{self.label}")
        self.room_id = server.create(self.founder, name=self.label)
        server.member("join", self.me, self.room_id)
        self.transport = httpx.HTTPTransport()
        self.options: dict[str, Any] = {"base_url": server.base_url, "page_size": 5}
        self.secrets = {"access_token": server.tokens[self.me]}

    @property
    def now(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None)

    def account(self, author: str) -> str:
        return f"@{author}-{self.label}:localhost"

    def _user(self, author: str) -> str:
        if author not in self.users:
            self.join(author)
        return self.users[author]

    def join(self, author: str) -> None:
        if author not in self.users:
            self.users[author] = self.server.register(f"{author}-{self.label}")
        self.server.member("join", self.users[author], self.room_id)

    def leave(self, author: str) -> None:
        self.server.member("leave", self.users[author], self.room_id)

    def rename(self, author: str, name: str) -> None:
        self.server.rename(self._user(author), name)
        path = f"rooms/{self.room_id}/state/m.room.member/{self.account(author)}"
        for _ in range(200):  # the server carries a name into its rooms after it has answered
            if self.server.call("GET", self.founder, path).get("displayname") == name:
                return
            time.sleep(0.05)

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        relates = {"m.in_reply_to": {"event_id": answers}} if answers else {}
        return self.server.say(self._user(author), self.room_id, text, **relates)

    def _author(self, message: str) -> str:
        return str(self.server.call("GET", self.founder, f"rooms/{self.room_id}/event/{message}")["sender"])

    def edit(self, message: str, text: str) -> None:
        self.server.edit(self._author(message), self.room_id, message, text)

    def delete(self, message: str) -> None:
        self.server.redact(self._author(message), self.room_id, message)

    def react(self, message: str, author: str, kind: str) -> None:
        made = self.server.react(self._user(author), self.room_id, message, kind)
        self.reactions[message, author, kind] = made

    def unreact(self, message: str, author: str, kind: str) -> None:
        self.server.redact(self.users[author], self.room_id, self.reactions[message, author, kind])
