"""Tries what a token can see, for `muster check`: names what is missing before a run does."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from sources.connector import Context, Finding
from sources.errors import SourceError
from sources.slack import channels
from sources.slack.api import Workspace
from sources.slack.scopes import COST, FATAL, NEEDED, PRIVATE, USEFUL


class Noting(httpx.BaseTransport):
    """Passes requests on and notes which scopes the answers say the token has."""

    def __init__(self, inner: httpx.BaseTransport | None) -> None:
        """Opens no connection yet."""
        self.inner, self.scopes = inner or httpx.HTTPTransport(trust_env=False), None

    scopes: frozenset[str] | None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One answer."""
        answer = self.inner.handle_request(request)
        if (told := answer.headers.get("x-oauth-scopes")) is not None:
            self.scopes = frozenset(scope.strip() for scope in told.split(",") if scope.strip())
        return answer

    def close(self) -> None:
        """Closes the connections."""
        self.inner.close()


def examine(context: Context) -> list[Finding]:
    """Whether the token is accepted, what its scopes allow, and which channels it can read."""
    transport = Noting(context.transport)
    try:
        with Workspace(context, transport) as workspace:
            workspace.ask("auth.test")
            findings = [Finding("ok", "Slack accepts the token"), *_scopes(context, transport.scopes)]
            if all(finding.level != "error" for finding in findings):
                findings += _channels(workspace, context)
    except SourceError as error:
        return [Finding("error", str(error))]
    return findings


def _scopes(context: Context, scopes: frozenset[str] | None) -> Iterator[Finding]:
    if scopes is None:
        yield Finding("warning", "Slack does not tell the token's scopes: what is missing shows when it is read")
        return
    wanted = [*NEEDED, *(PRIVATE if context.options.private_channels else ()), *USEFUL]
    for scope in (scope for scope in wanted if scope not in scopes):
        level = "error" if scope in FATAL else "warning"
        text = f"the token lacks the scope {scope}: {COST[scope]}; add it under 'OAuth & Permissions' and reinstall"
        yield Finding("error" if level == "error" else "warning", text)
    if set(wanted) <= scopes:
        yield Finding("ok", "the token has every scope we use")


def _channels(workspace: Workspace, context: Context) -> Iterator[Finding]:
    shown = [
        one for answer in channels.pages(workspace, context) for one in answer.objects if not one.get("is_archived")
    ]
    outside = [" ".join(str(one.get("name"))[:80].split()) for one in shown if one.get("is_member") is False]
    yield Finding("ok", f"{len(shown)} channels are visible, the app is in {len(shown) - len(outside)} of them")
    if outside:
        named = ", ".join(f"#{name}" for name in sorted(outside)[:10]) + (" …" if len(outside) > 10 else "")
        yield Finding(
            "warning", f"the app is not in {len(outside)} channels and may not read them: invite it to {named}"
        )
    if not shown:
        yield Finding("warning", "no channel is visible: the workspace is empty, or the app sees none of it")
