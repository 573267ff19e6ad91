"""A Slack workspace to act in: the sandbox's double, asked without a socket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.messages import Request
from sandbox.model import Channel, Chat, ChatMembership, ChatMessage, ChatUser
from sandbox.moments import micros, moment, slack_ts
from sandbox.slack_api import SCOPES, SlackApi
from sandbox.slack_api_state import Workspace

API = "https://lantern.slack.example/api"
GENERAL, RANDOM = "C0GENERAL01", "C0RANDOM001"
TOKEN = "xoxb-secret-lantern"


class FaceTransport(httpx.BaseTransport):
    """Asks a face of the sandbox directly."""

    def __init__(self, face: Any) -> None:
        self.face, self.asked, self.endless = face, list[str](), False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.rpartition("/")[2])
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = parse_qs(urlsplit(str(request.url)).query, keep_blank_values=True)
        form = parse_qs(request.read().decode(), keep_blank_values=True)
        answer = self.face.answer(Request(request.method, request.url.path, query, headers, self.endless, form))
        sent = {"content-type": answer.content_type, **answer.headers}
        return httpx.Response(answer.status, headers=sent, content=answer.body)


class SlackBed:
    """Two channels; every act takes an hour."""

    platform = "slack"
    options: dict[str, Any] = {"base_url": "https://lantern.slack.example", "api_url": API}  # noqa: RUF012
    secrets = {"token": TOKEN}  # noqa: RUF012
    acts = frozenset({"edit", "delete", "react", "unreact", "join", "leave", "rename"})
    idle_requests = 8
    compared = ("accounts", "channels", "messages", "reactions", "memberships", "counts")

    def __init__(self, **face: Any) -> None:
        self.now = datetime(2024, 3, 1)
        start = micros(self.now)
        self.chat = Chat()
        for key, name in ((GENERAL, "general"), (RANDOM, "random")):
            self.chat.channels[key] = Channel(key, name, start, "U0ANNA", is_general=key == GENERAL)
        self.workspace = Workspace(self.chat)
        given = {"token": TOKEN, "scopes": SCOPES, "outside": (), "hidden_after": None, "limits": {}} | face
        self.face = SlackApi(self.workspace, **given)
        self.face.move(start)
        self.transport = FaceTransport(self.face)
        self.names: dict[str, str] = {}

    def tick(self) -> int:
        self.now += timedelta(hours=1)
        return micros(self.now) - 1_000_000

    def shown(self) -> None:
        self.workspace.refresh()
        self.face.move(micros(self.now))

    def account(self, author: str) -> str:
        return f"U0{author.upper()}"

    def person(self, author: str) -> str:
        key = self.account(author)
        if key not in self.chat.users:
            at = micros(self.now)
            self.chat.users[key] = ChatUser(key, author, author, author, at, None, email=f"{author}@example.org")
        return key

    def join(self, author: str, channel: str = GENERAL, *, told: bool = True) -> None:
        self._moves(author, channel, "join", told)

    def leave(self, author: str, channel: str = GENERAL, *, told: bool = True) -> None:
        self._moves(author, channel, "leave", told)

    def _moves(self, author: str, channel: str, event: Any, told: bool) -> None:
        at, user = self.tick(), self.person(author)
        self.chat.memberships.append(ChatMembership(at, user, channel, event))
        if told:
            text = f"<@{user}> has joined"
            self.chat.messages.append(ChatMessage(channel, at, text, user, subtype=f"channel_{event}"))
        self.shown()

    def message(self, author: str, text: str, answers: str | None = None, channel: str = GENERAL) -> str:
        at, user = self.tick(), self.person(author)
        thread = self.found(answers).at if answers else None
        self.chat.messages.append(ChatMessage(channel, at, text, user, thread=thread))
        self.shown()
        return f"{channel}/{slack_ts(at)}"

    def found(self, message: str) -> ChatMessage:
        channel, _, ts = message.partition("/")
        return next(one for one in self.chat.messages if one.channel == channel and slack_ts(one.at) == ts)

    def edit(self, message: str, text: str) -> None:
        self.found(message).edits.append((self.tick(), text))
        self.shown()

    def delete(self, message: str) -> None:
        self.found(message).deleted_at = self.tick()
        self.shown()

    def react(self, message: str, author: str, kind: str) -> None:
        self.found(message).reactions.append((self.tick(), kind, self.person(author)))
        self.shown()

    def unreact(self, message: str, author: str, kind: str) -> None:
        self.tick()
        found = self.found(message)
        found.reactions = [one for one in found.reactions if one[1:] != (kind, self.account(author))]
        self.shown()

    def rename(self, author: str, name: str) -> None:
        self.tick()
        user = self.chat.users[self.person(author)]
        user.display_name = user.real_name = name
        self.shown()

    def silent(self) -> None:
        """A day without anything."""
        self.now += timedelta(days=1)
        self.shown()

    def row(self, shelf: Any, message: str) -> dict[str, Any] | None:
        channel, _, ts = message.partition("/")
        found = {key[2]: row for key, row in shelf.latest("messages").items() if key[0] == channel}
        return found.get(ts)

    def text(self, shelf: Any, message: str) -> str | None:
        row = self.row(shelf, message)
        return None if row is None or row["is_tombstone"] else row["text"]

    def name(self, shelf: Any, author: str) -> str | None:
        row = shelf.latest("accounts").get((self.account(author),))
        return row["display_name"] if row else None

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        return body.get("messages")

    def limited(self) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "2"}, json={"ok": False, "error": "ratelimited"})

    def expired(self) -> httpx.Response:
        return httpx.Response(200, json={"ok": False, "error": "token_expired"})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        cursor = {"response_metadata": {"next_cursor": f"more-{number}"}}
        if "messages" in body:
            top = request.url.params.get("latest") or slack_ts(micros(self.now))
            low = int(top.partition(".")[0]) - 1 - number
            body["messages"] = [{"type": "message", "ts": f"{low - step}.000000", "text": "on"} for step in range(3)]
            body["has_more"] = True
        return body | cursor


def at(ts: str) -> datetime:
    """The instant of a ts."""
    return moment(int(float(ts) * 1_000_000))
