"""An answer of a platform: what it holds, and what a status or a header of it means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from sources.errors import BadAnswer, NotFound, SourceError, Unauthorized, Unreachable

RETRIED_STATUS = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524})
LIMITED_STATUS = frozenset({429})
REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining")


@dataclass(frozen=True)
class Answer:
    """Status, headers (lower case), the addresses its Link header names by relation, and the whole body."""

    status: int
    headers: Mapping[str, str]
    links: Mapping[str, str]
    body: bytes

    @property
    def is_limit(self) -> bool:
        """Whether it says: too many requests. A 403 that leaves none, or says when to return, is no refusal."""
        if self.status in LIMITED_STATUS:
            return True
        return self.status == 403 and (self.is_last or "retry-after" in self.headers)

    @property
    def is_last(self) -> bool:
        """Whether no request is left until the limit is reset."""
        told = next((self.headers[name] for name in REMAINING if name in self.headers), "")
        try:
            return float(told) < 1
        except ValueError:
            return False


class Wait(Exception):
    """Raised by whoever reads an answer: the platform says in it to ask the same again after a pause.

    `seconds` None: it does not say how long. It is a rate limit and no failure: it counts against no retry.
    """

    def __init__(self, seconds: float | None = None) -> None:
        """Seconds from now."""
        super().__init__(seconds)
        self.seconds = seconds


class Passing(Exception):
    """A fault worth another try, with the error to raise if it stays."""

    def __init__(self, error: SourceError) -> None:
        """The error as the user would read it."""
        super().__init__(str(error))
        self.error = error


def fault(answer: Answer, source: str, url: str) -> Exception | None:
    """What a status other than 200 means; the body is never quoted, it may echo what was sent."""
    status, where = answer.status, place(url)
    if status == 200:
        return None
    if status in RETRIED_STATUS:
        problem = f"the server answers {status}"
        return Passing(Unreachable(source, where, problem, "run again later; what was read is kept"))
    if 300 <= status < 400 and "location" in answer.headers:
        to = origin(urljoin(url, answer.headers["location"]))
        return BadAnswer(source, where, f"redirects to {to}", "set base_url to the address it really has")
    if status in (401, 403):
        return Unauthorized(source, where, f"access refused ({status})", "check the source's secrets and rights")
    if status in (404, 410):
        return NotFound(source, where, f"there is nothing here ({status})", "check base_url")
    return bad(source, url, f"the server answers {status}")


def unreachable(source: str, url: str, error: httpx.HTTPError) -> Passing:
    """A connection that failed; it may do better next time."""
    problem = "no answer in time" if isinstance(error, httpx.TimeoutException) else "the connection failed"
    kind = type(error).__name__
    return Passing(Unreachable(source, place(url), f"{problem} ({kind})", "check base_url and the network"))


def bad(source: str, url: str, problem: str) -> BadAnswer:
    """An answer that is not the platform's own."""
    return BadAnswer(source, place(url), problem, "check that base_url is the platform's own address")


def place(url: str) -> str:
    """The address without its query, which may hold tokens."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def decode(body: bytes) -> Any:
    """JSON; half an emoji, which the fast decoder refuses, is read by the slow one."""
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return json.loads(body)
