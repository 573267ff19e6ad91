"""Tries what a token can see, for `muster check`."""

from __future__ import annotations

from sources.connector import Context, Finding
from sources.errors import SourceError
from sources.matrix.api import Homeserver, Sync, decoded
from sources.matrix.rooms import Facts, is_restricted, learn, shown
from sources.matrix.sight import ENCRYPTED


def examine(server: Homeserver, context: Context) -> list[Finding]:
    """Who we are, which rooms we read, and what of them stays hidden."""
    findings: list[Finding] = []
    ids: list[str] = []
    try:
        me = server.whoami()
        for name in context.options.rooms:
            try:
                ids.append(server.room_id(name) if name.startswith("#") else name)
            except SourceError as error:
                findings.append(Finding("error", str(error)))
        sync = server.sync(None)
    except SourceError as error:
        return [Finding("error", str(error))]
    joined = {room_id: _facts(sync, room_id) for room_id in sync.rooms.join if not ids or room_id in ids}
    findings.insert(0, Finding("ok", f"the token is {me}'s; {len(joined)} rooms can be read"))
    for name, room_id in zip(context.options.rooms, ids, strict=False):
        if room_id not in joined:
            invited = "it is invited: accept" if room_id in sync.rooms.invite else "invite it, or take the room out"
            findings.append(Finding("error", f"{me} is not in the room {name}: {invited}"))
    if not joined:
        findings.append(Finding("warning", f"{me} is in no room: invite it to those of the community"))
    return [*findings, *(finding for room_id, facts in joined.items() for finding in _room(room_id, facts, me))]


def _facts(sync: Sync, room_id: str) -> Facts:
    facts: Facts = {}
    news = sync.rooms.join[room_id]
    events = [*decoded(news.state.events), *decoded(news.timeline.events)]
    learn(facts, [event for event in events if isinstance(event, dict)])
    return facts


def _room(room_id: str, facts: Facts, me: str) -> list[Finding]:
    name, findings = shown(room_id, facts), []
    if is_restricted(facts):
        told = f"room {name} hides what was said before {me} joined: have its history visibility set to 'shared'"
        findings.append(Finding("warning", told))
    if facts.get("is_encrypted"):
        findings.append(Finding("warning", f"room {name}: {ENCRYPTED}"))
    if facts.get("replacement_room"):
        findings.append(Finding("warning", f"room {name} has moved to {facts['replacement_room']}: join that one"))
    return findings
