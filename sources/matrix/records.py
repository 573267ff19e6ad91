"""Turns Matrix events into records of our streams."""

from __future__ import annotations

from typing import Any

from sources.matrix.events import (
    Event,
    content,
    mapping,
    mentioned,
    own_words,
    redaction,
    redacts,
    relation,
    seconds,
    text,
)

Record = dict[str, Any]


def message(event: Event, room_id: str) -> Record:
    """A message, an edit of one, or the shell a redaction has left: it still says who wrote and when."""
    relates, because = relation(event), redaction(event)
    is_edit = relates.get("rel_type") == "m.replace"
    shown = mapping(content(event).get("m.new_content")) if is_edit else content(event)
    answered = text(mapping(relates.get("m.in_reply_to")).get("event_id"))
    body = text(shown.get("body"))
    return _event(event, room_id) | {
        "created_at": seconds(event),
        "type": event.get("type"),
        "msgtype": text(shown.get("msgtype")),
        "rel_type": text(relates.get("rel_type")),
        "relates_to": text(relates.get("event_id")),
        "in_reply_to": answered,
        "is_falling_back": relates.get("is_falling_back") is True,
        "user_ids": mentioned(shown),
        "body": own_words(body) if body and answered else body,
        "is_redacted": because is not None,
        "deleted_at": seconds(because) if because else None,
        "is_tombstone": False,
    }


def tombstone(event_id: str, redacted_by: Event) -> Record:
    """A version that says only that a message is gone."""
    return {"event_id": event_id, "is_redacted": True, "deleted_at": seconds(redacted_by), "is_tombstone": True}


def reaction(event: Event, room_id: str) -> Record:
    """Who reacted with what, and when."""
    relates = relation(event)
    shown = {"relates_to": relates.get("event_id"), "reaction": relates.get("key")}
    shown["origin_server_ts"] = seconds(event)
    return _event(event, room_id) | shown | {"is_removed": False, "is_tombstone": False}


def removal(event_id: str) -> Record:
    """A version that says only that a reaction was taken back."""
    return {"event_id": event_id, "is_removed": True, "is_tombstone": True}


def channel(room_id: str, facts: Record) -> Record:
    """A room, by what its state says."""
    shown = {name: facts.get(name) for name in ("name", "canonical_alias", "room_type", "parent", "join_rule")}
    rest = ("history_visibility", "is_encrypted", "moderators", "replacement_room", "created_at")
    return {"room_id": room_id, **shown, **{name: facts.get(name) for name in rest}}


def account(event: Event) -> Record | None:
    """Whom a member event tells of; leaving tells no name, so the one before counts."""
    shown = content(event)
    if shown.get("membership") != "join":
        shown = mapping(mapping(event.get("unsigned")).get("prev_content"))
    if shown.get("membership") != "join":
        return None
    return {"user_id": event.get("state_key"), "displayname": text(shown.get("displayname"))}


def transition(event: Event) -> str | None:
    """What really happened to a membership: join, leave, kick, ban, unban or invite; None for changes of profile."""
    unsigned, now = mapping(event.get("unsigned")), content(event).get("membership")
    before = mapping(unsigned.get("prev_content")).get("membership")
    if before is None:  # the server hides what was before, or nothing was
        before = "join" if unsigned.get("replaces_state") else "leave"
    own = event.get("sender") == event.get("state_key")
    if now == "leave" and before == "join":
        return "leave" if own else "kick"
    if now == "leave" and before == "ban":
        return "unban"
    return str(now) if now != before and now in ("join", "ban", "invite") else None


def membership(event: Event, room_id: str, happened: str) -> Record:
    """A transition, exact to the millisecond."""
    return {
        "event_id": event.get("event_id"),
        "account_id": event.get("state_key"),
        "scope": "channel",
        "scope_id": room_id,
        "event": happened,
        "occurred_at": seconds(event),
        "is_exact": True,
        "sender": event.get("sender"),
    }


def moderation(event: Event, room_id: str, action: str) -> Record:
    """A kick, a ban, its reversal, or a redaction (of one's own too: whose it was is known when all is landed)."""
    return {
        "event_id": event.get("event_id"),
        "room_id": room_id,
        "sender": event.get("sender"),
        "action": action,
        "target_user": event.get("state_key") if action != "redaction" else None,
        "redacts": redacts(event) if action == "redaction" else None,
        "reason": text(content(event).get("reason")),
        "occurred_at": seconds(event),
    }


def members(room_id: str, count: int) -> Record:
    """How many are in a room now."""
    return {"scope": "channel", "id": room_id, "metric": "members", "value": count}


def _event(event: Event, room_id: str) -> Record:
    shown = {name: event.get(name) for name in ("event_id", "sender")}
    return shown | {"room_id": room_id}
