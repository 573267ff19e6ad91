"""The engine under every double: an HTTP server on loopback with a clock, limits, faults and a count of requests.

A face (one per platform) turns a request into an answer; the engine does all the rest, the misbehaviour included.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.faults import Fault, Faults, Limit
from sandbox.moments import micros, moment

_JSON = "application/json; charset=utf-8"
_BLOCK = b" " * 65536


@dataclass(slots=True)
class Request:
    """What a face sees of a request; header names are lower case. `endless`: pretend there is always more."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    endless: bool = False

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
class Seen:
    """One request as it was served."""

    method: str
    target: str
    headers: Mapping[str, str]
    status: int


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
    """A running server. Set `now` to move its clock, `latency` (seconds) to slow it, order `faults`, read `requests`."""

    def __init__(self, face: Face, now: datetime, limit: Limit | None = None, latency: float = 0.0) -> None:
        self.face, self.limit, self.latency = face, limit, latency
        self.faults, self.requests = Faults(), Requests()
        self.lock, self.stopped = threading.Lock(), threading.Event()
        self.stuck: dict[str, Answer] = {}
        self.now = now
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.double = self
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
            return Answer(b"<html><body>no answer</body></html>", status=fault.status, content_type="text/html",
                          headers={} if fault.retry_after is None else {"Retry-After": fault.retry_after})
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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    double: Double

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 18
    server: _Server

    def do_GET(self) -> None:
        """Answer, playing the fault that was ordered."""
        double, target = self.server.double, urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(target.query, keep_blank_values=True)
        request = Request(self.command, unquote(target.path), query, headers)
        answer, fault = double.respond(request)
        double.requests.log.append(Seen(self.command, self.path, headers, answer.status if answer else 0))
        if answer is None:
            self.close_connection = True
            return
        self._send(double, answer, fault)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def _send(self, double: Double, answer: Answer, fault: Fault | None) -> None:
        kind, body = (fault.kind if fault else ""), answer.body
        if kind == "slow" and fault:
            double.stopped.wait(fault.seconds)
        if kind == "malformed":
            body = body[: len(body) * 2 // 3]
        length = fault.size + len(body) if kind == "huge" and fault else len(body)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if kind == "huge" and fault:
            self._pad(double, fault.size)
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if kind == "truncated" else body)
        self.wfile.flush()
        if kind == "truncated":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _pad(self, double: Double, size: int) -> None:
        """White space before the JSON: well-formed, and much too much of it."""
        sent = 0
        while sent < size and not double.stopped.is_set():
            block = _BLOCK[: min(len(_BLOCK), size - sent)]
            self.wfile.write(block)
            sent += len(block)

    def version_string(self) -> str:
        """No word about what serves."""
        return "nginx"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The wall clock's, cheaply."""
        return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(timestamp))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
