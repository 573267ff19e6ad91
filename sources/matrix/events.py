"""Reads parts of Matrix events without trusting their shape: every server may send what it likes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]

MESSAGE_TYPES = ("m.room.message", "m.room.encrypted", "m.sticker")
_PILL = re.compile(r"https://matrix\.to/#/(@|%40)([^\"'/?&<>]+)")
_NOTHING: Mapping[str, Any] = {}


def content(event: Event) -> Mapping[str, Any]:
    """The content, empty where it is none."""
    return mapping(event.get("content"))


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is an object."""
    return value if isinstance(value, dict) else _NOTHING


def text(value: Any) -> str | None:
    """The value if it is text."""
    return value if isinstance(value, str) else None


def seconds(event: Event) -> Any:
    """origin_server_ts in seconds; what is no number stays as it is, to be rejected with its reason."""
    value = event.get("origin_server_ts")
    return value / 1000 if isinstance(value, int) and not isinstance(value, bool) else value


def relation(event: Event) -> Mapping[str, Any]:
    """m.relates_to, which is readable even where the rest is encrypted."""
    return mapping(content(event).get("m.relates_to"))


def redaction(event: Event) -> Event | None:
    """The event that redacted this one, if one did."""
    because = mapping(event.get("unsigned")).get("redacted_because") or event.get("redacted_because")
    return because if isinstance(because, dict) else None


def redacts(event: Event) -> str | None:
    """What a redaction redacts; the key moved in room version 11."""
    return text(content(event).get("redacts")) or text(event.get("redacts"))


def mentioned(shown: Mapping[str, Any]) -> list[str]:
    """Mentioned user ids: m.mentions where the client sends it, else the links of the formatted text."""
    stated = shown.get("m.mentions")
    if isinstance(stated, dict):
        ids = stated.get("user_ids")
        return [name for name in dict.fromkeys(ids) if isinstance(name, str)] if isinstance(ids, list) else []
    found = _PILL.findall(shown.get("formatted_body") or "") if isinstance(shown.get("formatted_body"), str) else []
    return list(dict.fromkeys("@" + name.replace("%3A", ":").replace("%3a", ":") for _, name in found))


def own_words(body: str) -> str:
    """The body of an answer without the quoted lines older clients put before it."""
    if not body.startswith("> "):
        return body
    lines = body.split("\n")
    quoted = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[quoted:]).lstrip("\n")
