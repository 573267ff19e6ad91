"""The wire of a double: a light HTTP/1.1 server on loopback that plays the faults of sending."""

from __future__ import annotations

import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.faults import Fault
from sandbox.messages import Answer, Request, Seen

if TYPE_CHECKING:
    from sandbox.engine import Double

_BLOCK = b" " * 65536


class Server(ThreadingHTTPServer):
    """Listens on loopback, on a port of the system's choice."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, double: Double) -> None:
        self.double = double
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 18
    server: Server

    def do_GET(self) -> None:
        """Answer, playing the fault that was ordered."""
        double, target = self.server.double, urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(target.query, keep_blank_values=True)
        sent = self.rfile.read(int(headers.get("content-length", 0))).decode("utf-8", "replace")
        form = parse_qs(sent, keep_blank_values=True)
        request = Request(self.command, unquote(target.path), query, headers, form=form)
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
