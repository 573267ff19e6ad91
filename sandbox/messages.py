"""What goes in and out of a double: requests, answers, and the record of both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Request:
    """What a face sees of a request; header names are lower case. `endless`: pretend there is always more.

    `form` holds the fields of a POST.
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    endless: bool = False
    form: Mapping[str, list[str]] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        """The last value of a query parameter as a whole number, None when absent or none."""
        values = self.query.get(name)
        return int(values[-1]) if values and re.fullmatch(r"-?\d{1,18}", values[-1]) else None


@dataclass(slots=True)
class Answer:
    """A status and a body: `prefix`, then `items` joined by commas, then `suffix`."""

    prefix: bytes = b""
    items: list[bytes] = field(default_factory=list)
    suffix: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = _JSON

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join((self.prefix, b",".join(self.items), self.suffix))


@dataclass(slots=True)
class Seen:
    """One request as it was served."""

    method: str
    target: str
    headers: Mapping[str, str]
    status: int
