"""Pages of the Slack Web API double: opaque cursors, lists, errors in a 200."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.messages import Answer, Request
from sandbox.moments import SECOND, slack_ts

PAGE, MOST = 100, 1000


def error(word: str, **more: Any) -> Answer:
    """Slack's way to say no: a 200."""
    return Answer(msgspec.json.encode({"ok": False, "error": word, **more}))


def one(request: Request, name: str) -> str:
    """The last value of a parameter; empty where it is not given."""
    return request.query.get(name, [""])[-1]


def size(request: Request) -> int:
    """How many items a page may hold."""
    return max(1, min(request.number("limit") or PAGE, MOST))


def listed(request: Request, name: str, rows: list[Any], told: Mapping[str, Any] | None = None) -> Answer:
    """A page of a list, by an opaque cursor that holds a place."""
    most = size(request)
    cursor = one(request, "cursor")
    start = place(cursor, "offset") if cursor else 0
    if start is None:
        return error("invalid_cursor")
    more = start + most if start + most < len(rows) else None
    shown = rows[start : start + most]
    if request.endless:
        more, shown = start + most, shown or rows[:most]
    items = [msgspec.json.encode(row) for row in shown]
    return page(name, items, more, dict(told or {}), kind="offset", has_more=False)


def page(
    name: str, items: list[bytes], more: int | None, told: dict[str, Any], kind: str = "next_ts", has_more: bool = True
) -> Answer:
    """`items` between what is told before and after them."""
    cursor = base64.b64encode(f"{kind}:{more}".encode()).decode() if more is not None else ""
    tail = told | ({"has_more": more is not None} if has_more else {}) | {"response_metadata": {"next_cursor": cursor}}
    return Answer(f'{{"ok":true,"{name}":['.encode(), items, b"]," + msgspec.json.encode(tail)[1:])


def place(cursor: str, kind: str) -> int | None:
    """What a cursor of ours holds; None if it is none."""
    try:
        match = re.fullmatch(rf"{kind}:(-?\d+)", base64.b64decode(cursor, validate=True).decode())
    except (binascii.Error, ValueError):
        return None
    return int(match.group(1)) if match else None


def invented(top: int, size: int) -> list[bytes]:
    """A full page below any instant, for ever."""
    made = (
        {"type": "message", "ts": slack_ts(top - step * SECOND), "text": "on and on"} for step in range(1, size + 1)
    )
    return [msgspec.json.encode(one) for one in made]
