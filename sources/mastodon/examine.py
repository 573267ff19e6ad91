"""Tries what a token can see, for `muster check`."""

from __future__ import annotations

from collections.abc import Iterator

from sources.connector import Context, Finding
from sources.errors import SourceError, Unauthorized
from sources.mastodon.api import Server
from sources.mastodon.follows import HIDDEN, NO_NOTIFICATIONS, NOBODY, is_hidden
from sources.mastodon.land import CUT_THREADS, Lander
from sources.mastodon.walk import Walk


def examine(server: Server, context: Context) -> list[Finding]:
    """One finding for each thing we would read."""
    try:
        version = str(server.instance().get("version"))[:40]
    except SourceError as error:
        return [Finding("error", str(error))]
    findings = [Finding("ok", f"the server answers (version {version})")]
    for name in context.options.timelines:
        findings.append(_timeline(server, context, name))
    if not server.has_token:
        findings.append(Finding("warning", CUT_THREADS))
    return [*findings, *_follows(server, context)]


def _timeline(server: Server, context: Context, name: str) -> Finding:
    try:
        found = Walk(server, Lander(server, context, None), context).peek(name)
    except SourceError as error:
        return Finding("error", str(error))
    if not found:
        return Finding("warning", f"the timeline '{name}' can be read, but shows nothing")
    return Finding("ok", f"the timeline '{name}' can be read")


def _follows(server: Server, context: Context) -> Iterator[Finding]:
    try:
        own = server.me() if server.has_token else None
        watched = [server.lookup(name) for name in context.options.accounts]
        for account in watched or ([own] if own else []):
            acct = str(account.get("acct"))[:80]
            if is_hidden(account, own is not None and own.get("id") == account.get("id")):
                yield Finding("warning", f"@{acct}: {HIDDEN}")
            else:
                yield Finding("ok", f"@{acct}: its followers can be read")
        if own:
            yield _notifications(server)
        if not watched and not own:
            yield Finding("warning", NOBODY)
    except SourceError as error:
        yield Finding("error", str(error))


def _notifications(server: Server) -> Finding:
    try:
        next(server.pages("api/v1/notifications", {"types[]": ["follow"], "limit": 1}))
    except Unauthorized:
        return Finding("warning", NO_NOTIFICATIONS)
    return Finding("ok", "notifications can be read: follows are dated exactly")
