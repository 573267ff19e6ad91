"""Asks methods of the Slack Web API: its errors come in a 200, its pages by cursor, its limits by method."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec

from sources.connector import Context
from sources.errors import BadAnswer, Unauthorized, Unreachable
from sources.http import Client, Limits, Wait
from sources.slack.scopes import COST

PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
REFUSED = frozenset({"not_in_channel", "channel_not_found", "access_denied", "restricted_action", "is_archived"})
OF_CHANNELS = frozenset({"conversations.history", "conversations.replies", "conversations.members"})
GONE = frozenset({"thread_not_found", "message_not_found"})
TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission"}
    | {"org_login_required", "ekm_access_denied", "not_allowed_token_type", "two_factor_setup_required"}
)
TRIES = 4
PAUSE = 30.0  # seconds after a 'ratelimited' that names none
_WORD = re.compile(r"[^a-z0-9_:.,]")
_NAMED = 80


class Metadata(msgspec.Struct):
    """Where the next page is."""

    next_cursor: str = ""


class Answer(msgspec.Struct):
    """An answer of any method we ask: its items decoded in `found`, each one's exact bytes beside."""

    ok: bool
    error: str = ""
    needed: str = ""
    messages: list[msgspec.Raw] = []
    members: list[msgspec.Raw] = []
    channels: list[msgspec.Raw] = []
    has_more: bool = False
    is_limited: bool = False
    response_metadata: Metadata | None = None
    found: list[Any] = []

    @property
    def raws(self) -> list[msgspec.Raw]:
        """The items' bytes, whatever the method calls them."""
        return self.messages or self.members or self.channels

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The items that are objects; anything else has no place in a list of Slack's own."""
        return [item for item in self.found if isinstance(item, dict)]

    @property
    def cursor(self) -> str:
        """The cursor of the next page; empty after the last."""
        return self.response_metadata.next_cursor if self.response_metadata else ""


class MissingScope(Unauthorized):
    """The token lacks a scope."""


class Refused(Exception):
    """One channel cannot be read; `args[0]` is Slack's word for why."""


class Gone(Exception):
    """The message or thread asked for does not exist any more."""


class Workspace:
    """One workspace as seen with one token."""

    def __init__(self, context: Context, transport: httpx.BaseTransport | None = None) -> None:
        """Opens no connection yet."""
        options = context.options
        self.context, self.may_list_private = context, True
        token = context.secrets.get("token", "").strip()
        if not token:
            problem, cure = "no token is set", "set the secret 'token' to the app's Bot User OAuth Token (xoxb-…)"
            raise Unauthorized(context.source, options.api_url, problem, cure)
        self.http = Client(
            context.source,
            options.api_url,
            headers={"Authorization": f"Bearer {token}"},
            limits=Limits(max_requests=options.max_requests, timeout=options.timeout),
            meter=context.meter,
            sleep=context.sleep,
            transport=transport or context.transport,
        )

    def __enter__(self) -> Workspace:
        """The workspace itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.http.__exit__()

    def ask(self, method: str, **params: Any) -> Answer:
        """One answer; raises Refused, Gone or a SourceError where Slack says no."""
        given = {name: value for name, value in params.items() if value not in (None, "")}
        for attempt in range(TRIES + 1):
            answer: Answer = self.http.read(method, given, _answer)
            if answer.ok:
                return answer
            if answer.error not in PASSING:
                break
            self.context.sleep(2.0**attempt)
        raise self._error(method, answer)

    def pages(self, method: str, **params: Any) -> Iterator[Answer]:
        """All pages by cursor; a cursor that comes again ends in an error instead of never."""
        cursor, seen = "", set[str]()
        while True:
            answer = self.ask(method, cursor=cursor, **params)
            yield answer
            cursor = answer.cursor
            if not cursor:
                return
            if cursor in seen:
                raise self.endless(method)
            seen.add(cursor)

    def endless(self, method: str) -> BadAnswer:
        """The error of pages that lead nowhere."""
        cure = "run again later; if it stays, check what stands between here and Slack"
        return BadAnswer(self.context.source, method, "it sends the same page again, its pages would never end", cure)

    def _error(self, method: str, answer: Answer) -> Exception:
        word, source = _WORD.sub("", answer.error)[:_NAMED], self.context.source
        if word in REFUSED and method in OF_CHANNELS:
            return Refused(word)
        if word in GONE and method == "conversations.replies":
            return Gone(word)
        if word == "missing_scope":
            scope = _WORD.sub("", answer.needed)[:_NAMED]
            cost = COST.get(scope.split(",")[0], "this cannot be read")
            cure = f"add it under 'OAuth & Permissions' and reinstall the app; without it {cost}"
            return MissingScope(source, method, f"the token lacks the scope {scope}", cure)
        if word in TOKEN:
            cure = "set the secret 'token' to a valid Bot User OAuth Token (xoxb-…) of an installed app"
            return Unauthorized(source, method, f"Slack does not accept the token ({word})", cure)
        if word in PASSING:
            return Unreachable(source, method, f"Slack answers '{word}'", "run again later; what was read is kept")
        return BadAnswer(source, method, f"Slack answers '{word}'", "check api_url; if it is right, report this")


def _answer(body: bytes) -> Answer:
    """An answer; half an emoji, which the fast decoder refuses, is mended by the slow one."""
    try:
        return _decoded(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return _decoded(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace"))


def _decoded(body: bytes) -> Answer:
    answer = msgspec.json.decode(body, type=Answer)
    if answer.error == "ratelimited":
        raise Wait(PAUSE)  # some methods say so in a 200
    answer.found = [msgspec.json.decode(raw) for raw in answer.raws]
    return answer
