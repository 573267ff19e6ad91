"""The engine under every double: a clock, limits, faults and a count of requests around one platform's face.

A face (one per platform) turns a request into an answer; the engine does all the rest, the misbehaviour included.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sandbox.faults import Fault, Faults, Limit
from sandbox.messages import Answer, Request, Seen
from sandbox.moments import micros, moment
from sandbox.wire import Server


class Face(Protocol):
    """One platform's way of answering."""

    def answer(self, request: Request) -> Answer:
        """The platform's answer, its errors included."""

    def limited(self, request: Request, seconds: float) -> Answer:
        """The platform's words for too many requests."""

    def pattern(self, path: str) -> str:
        """The path with ids replaced, for counting."""

    def move(self, now: int) -> None:
        """Bring the state to the instant `now`."""


@dataclass(slots=True)
class Requests:
    """How often each path was asked; `log` keeps the latest requests whole."""

    by_path: Counter[str] = field(default_factory=Counter)
    log: deque[Seen] = field(default_factory=lambda: deque(maxlen=5000))

    @property
    def total(self) -> int:
        """All requests."""
        return self.by_path.total()

    def clear(self) -> None:
        """Count from nought."""
        self.by_path.clear()
        self.log.clear()


class Double:
    """A running server: set `now` to move its clock, `latency` (seconds) to slow it, order `faults`, read
    `requests`."""

    def __init__(self, face: Face, now: datetime, limit: Limit | None = None, latency: float = 0.0) -> None:
        self.face, self.limit, self.latency = face, limit, latency
        self.faults, self.requests = Faults(), Requests()
        self.lock, self.stopped = threading.Lock(), threading.Event()
        self.stuck: dict[str, Answer] = {}
        self.now = now
        self._server = Server(self)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def now(self) -> datetime:
        """The platform's clock, naive UTC."""
        return self._now

    @now.setter
    def now(self, value: datetime) -> None:
        with self.lock:
            self.face.move(micros(value))
            self._now = moment(micros(value))

    def close(self) -> None:
        """Stop serving."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, request: Request) -> tuple[Answer | None, Fault | None]:
        """The answer and the fault to be played while it is sent; no answer: drop the connection."""
        if self.latency:
            self.stopped.wait(self.latency)
        with self.lock:
            self.requests.by_path[self.face.pattern(request.path)] += 1
            fault = self.faults.take(request.path)
            wait = self.limit.wait() if self.limit else 0.0
            if wait:
                return self.face.limited(request, wait), None
            return self._misbehave(request, fault), fault

    def _misbehave(self, request: Request, fault: Fault | None) -> Answer | None:
        if fault is None:
            return self.face.answer(request)
        if fault.kind == "drop":
            return None
        if fault.kind == "rate_limit":
            answer = self.face.limited(request, fault.seconds)
            if fault.retry_after is not None:
                answer.headers["Retry-After"] = fault.retry_after
            return answer
        if fault.kind == "status":
            return Answer(
                b"<html><body>no answer</body></html>",
                status=fault.status,
                content_type="text/html",
                headers={} if fault.retry_after is None else {"Retry-After": fault.retry_after},
            )
        if fault.kind == "redirect":
            return Answer(status=302, headers={"Location": fault.location})
        request.endless = fault.kind == "endless"
        answer = self.face.answer(request)
        if fault.kind == "duplicate":
            answer.items = [item for item in answer.items for _ in range(2)]
        elif fault.kind == "reorder":
            answer.items = answer.items[1::2] + answer.items[::2]
        elif fault.kind == "stuck":
            answer = self.stuck.setdefault(request.path, answer)
        return answer


@contextmanager
def running(double: Double) -> Iterator[Double]:
    """Close the double at the end."""
    try:
        yield double
    finally:
        double.close()
