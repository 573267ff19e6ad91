"""Matrix communities for the conformance suite: one of our own making, one on the real Synapse."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sources.conformance import ACTS
from tests.sources.matrix.double import TOKEN, Hall

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
        return max([*own, *edits], key=lambda row: (row["origin_server_ts"], row["event_id"] != message))["body"]

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
