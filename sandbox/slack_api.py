"""A stateful double of the Slack Web API over a simulated chat: methods under /api, errors in a 200, pages by cursor.

It serves the chat as of its clock. Methods: auth.test, conversations.list, conversations.history,
conversations.replies, conversations.members, users.list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import msgspec

from sandbox import slack_api_pages as pages
from sandbox.engine import Double, running
from sandbox.faults import Limit
from sandbox.messages import Answer, Request
from sandbox.model import Chat, Community
from sandbox.moments import SECOND, micros, moment
from sandbox.slack_api_state import Workspace, micros_of
from sandbox.slack_shapes import TEAM

SCOPES = ("channels:read", "channels:history", "users:read", "users:read.email")
_NEEDED = {
    "conversations.list": "channels:read",
    "conversations.members": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "users.list": "users:read",
}
_FAR = 1 << 62


def serve(
    workspace: Community | Chat,
    *,
    now: datetime | None = None,
    token: str = "xoxb-lantern",
    scopes: Collection[str] = SCOPES,
    outside: Collection[str] = (),
    hidden_after: timedelta | None = None,
    limits: Mapping[str, Limit] | None = None,
    limit: Limit | None = None,
    latency: float = 0.0,
) -> AbstractContextManager[Double]:
    """Serve the chat at <base_url>/api until the context ends.

    `outside` are channels the app was not invited to; `hidden_after` is the age at which a free plan hides messages;
    `limits` are per method, `limit` is over all.
    """
    chat = workspace.chat if isinstance(workspace, Community) else workspace
    last = workspace.end if isinstance(workspace, Community) else max((one.at for one in chat.messages), default=0)
    face = SlackApi(Workspace(chat), token, scopes, outside, hidden_after, limits or {})
    return running(Double(face, now or moment(last), limit, latency))


class SlackApi:
    """The face: methods, pages, credentials and error words of Slack. What it holds may be changed while it serves."""

    def __init__(
        self,
        workspace: Workspace,
        token: str,
        scopes: Collection[str],
        outside: Collection[str],
        hidden_after: timedelta | None,
        limits: Mapping[str, Limit],
    ) -> None:
        self.workspace, self.token, self.scopes = workspace, token, set(scopes)
        self.outside, self.hidden_after, self.limits = set(outside), hidden_after, limits
        self.refusal = "invalid_auth"
        self.methods: dict[str, Callable[[Request], Answer]] = {
            "auth.test": self._auth,
            "conversations.list": self._channels,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.members": self._members,
            "users.list": self._users,
        }

    def move(self, now: int) -> None:
        """Show the chat as of `now`."""
        self.workspace.move(now)

    def pattern(self, path: str) -> str:
        """Methods hold no ids."""
        return path

    def limited(self, request: Request, seconds: float) -> Answer:
        """429 with Retry-After in whole seconds."""
        answer = pages.error("ratelimited")
        answer.status, answer.headers = 429, {"Retry-After": str(max(1, round(seconds + 0.499)))}
        return answer

    def answer(self, request: Request) -> Answer:
        """Token first, then the method's own limit, then its scope."""
        method = request.path.removeprefix("/api/")
        route = self.methods.get(method)
        given = request.headers.get("authorization")
        if route is None:
            return pages.error("unknown_method")
        if given != f"Bearer {self.token}":
            return pages.error("not_authed" if given is None else self.refusal)
        if method in self.limits and (wait := self.limits[method].wait()):
            return self.limited(request, wait)
        needed = _NEEDED.get(method)
        if method == "conversations.list" and needed in self.scopes and "private" in pages.one(request, "types"):
            needed = "groups:read"
        if needed is None or needed in self.scopes:
            answer = route(request)
        else:
            answer = pages.error("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))
        answer.headers |= {"X-OAuth-Scopes": ",".join(sorted(self.scopes)), "X-Accepted-OAuth-Scopes": needed or ""}
        return answer

    def _auth(self, request: Request) -> Answer:
        who = {"url": "https://lantern.slack.com/", "team": "Lantern", "user": "muster", "team_id": TEAM}
        return Answer(msgspec.json.encode({"ok": True, **who, "user_id": "U0MUSTER01", "bot_id": "B0MUSTER01"}))

    def _channels(self, request: Request) -> Answer:
        rows = [row | {"is_member": row["id"] not in self.outside} for row in self.workspace.channels()]
        if pages.one(request, "exclude_archived") == "true":
            rows = [row for row in rows if not row["is_archived"]]
        return pages.listed(request, "channels", rows)

    def _users(self, request: Request) -> Answer:
        rows = self.workspace.users()
        if "users:read.email" not in self.scopes:
            for row in rows:
                row["profile"].pop("email", None)
        return pages.listed(request, "members", rows, {"cache_ts": self.workspace.now // SECOND})

    def _members(self, request: Request) -> Answer:
        channel = pages.one(request, "channel")
        if channel not in self.workspace.chat.channels:
            return pages.error("channel_not_found")
        return pages.listed(request, "members", self.workspace.members(channel))

    def _history(self, request: Request) -> Answer:
        channel, oldest, latest = (pages.one(request, name) for name in ("channel", "oldest", "latest"))
        if refusal := self._refusal(channel):
            return refusal
        first, last = micros_of(oldest or "0"), micros_of(latest) if latest else _FAR
        if first is None or last is None:
            return pages.error("invalid_ts_oldest" if first is None else "invalid_ts_latest")
        if pages.one(request, "inclusive") not in ("1", "true"):  # whoever gives no latest wants the last one too
            first, last = first + 1, last - 1 if latest else last
        if cursor := pages.one(request, "cursor"):
            if (place := pages.place(cursor, "next_ts")) is None:
                return pages.error("invalid_cursor")
            last = min(last, place)
        hidden = self._hidden()
        wanted = pages.size(request) + 1
        found = []
        for one in self.workspace.below(channel, last, max(first, hidden)):
            found.append(one)
            if len(found) == wanted:
                break
        is_limited = len(found) < wanted and any(True for _ in self.workspace.below(channel, hidden - 1, first))
        more = found.pop().at if len(found) == wanted else None
        items = [self.workspace.encoded(one) for one in found]
        if request.endless:
            top = min(last, self.workspace.now)
            items, more = pages.invented(top, wanted - 1), top - wanted * SECOND
        told = {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
        return pages.page("messages", items, more, told | ({"is_limited": True} if is_limited else {}))

    def _replies(self, request: Request) -> Answer:
        channel, opener = pages.one(request, "channel"), micros_of(pages.one(request, "ts"))
        if refusal := self._refusal(channel):
            return refusal
        thread = self.workspace.thread(channel, opener) if opener is not None else None
        if thread is None:
            return pages.error("thread_not_found")
        oldest = micros_of(pages.one(request, "oldest") or "0")
        cursor = pages.place(pages.one(request, "cursor"), "next_ts") or 0
        after = [one for one in thread[1:] if one.at > (oldest or 0) and one.at >= cursor]
        size = pages.size(request)
        more = after[size].at if len(after) > size else None
        items = [self.workspace.encoded(one) for one in [thread[0], *after[:size]]]
        if request.endless:
            more = after[0].at if after else thread[0].at
        return pages.page("messages", items, more, {})

    def _refusal(self, channel: str) -> Answer | None:
        if channel not in self.workspace.chat.channels:
            return pages.error("channel_not_found")
        return pages.error("not_in_channel") if channel in self.outside else None

    def _hidden(self) -> int:
        """The instant before which the plan shows nothing."""
        if self.hidden_after is None:
            return 0
        return self.workspace.now - micros(datetime(1970, 1, 1) + self.hidden_after)
