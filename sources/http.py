"""A polite HTTP client bound to one origin: waits as told, retries what may pass, never carries secrets away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from sources.connector import Meter
from sources.errors import BadAnswer, NotFound, RateLimited, SourceError, Unauthorized, Unreachable
from sources.waits import retry_after

RETRIED_STATUS = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524})
LIMITED_STATUS = frozenset({429})


@dataclass(frozen=True)
class Limits:
    """Bounds of a client: sizes in bytes, times in seconds."""

    max_bytes: int = 32 * 1024 * 1024
    max_requests: int = 200_000
    retries: int = 4
    max_wait: float = 900.0
    max_total_wait: float = 3600.0
    timeout: float = 30.0


class Client:
    """Reads JSON from one origin; every error is one line that names source, place and cure, and holds no secret."""

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        meter: Meter | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Opens no connection yet; `clock` gives seconds since 1970 and is used only for reset times."""
        self.source, self.limits = source, limits or Limits()
        self.meter = meter or Meter()
        self._base = base_url.rstrip("/") + "/"
        self._origin = origin(self._base)
        self._sleep, self._clock, self._waited = sleep, clock, 0.0
        self._http = httpx.Client(
            headers=self._headers(headers or {}),
            timeout=self.limits.timeout,
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        """Our headers and the given ones; a secret that no header can hold is refused without being shown."""
        if not all(value.isascii() and value.isprintable() for value in given.values()):
            problem = "a secret holds characters no HTTP header can carry"
            raise Unauthorized(self.source, self._origin, problem, "copy it again, without spaces or line breaks")
        return {"Accept": "application/json", "User-Agent": "muster (community metrics)", **given}

    def __enter__(self) -> Client:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self._http.close()

    def json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The decoded answer to a GET."""
        return self.read(path, params, decode)

    def read(self, path: str, params: Mapping[str, Any] | None, parse: Callable[[bytes], Any]) -> Any:
        """The parsed answer to a GET; a body that does not parse is asked for again like any passing fault."""
        return self.linked(path, params, parse)[0]

    def linked(
        self, path: str, params: Mapping[str, Any] | None, parse: Callable[[bytes], Any]
    ) -> tuple[Any, str | None]:
        """The same, and where the answer's Link header says the next page is; None after the last."""
        url = self.url(path)
        for attempt in range(self.limits.retries + 1):
            last = attempt == self.limits.retries
            try:
                body, following = self._get(url, params)
                return parse(body), following
            except _Passing as fault:
                if last:
                    raise fault.error from None
            except (msgspec.MsgspecError, ValueError, TypeError, KeyError):
                if last:
                    raise self._bad(url, "the answer is not the JSON it should be") from None
            self._wait(min(2.0**attempt, 60.0), url)
        raise AssertionError  # pragma: no cover

    def url(self, path_or_link: str) -> str:
        """The absolute address; a link to another origin is refused, because the credentials would follow it."""
        url = urljoin(self._base, path_or_link.lstrip("/") if "://" not in path_or_link else path_or_link)
        if origin(url) != self._origin:
            cure = "set base_url to the address it really has"
            raise BadAnswer(self.source, self._origin, f"a link leads to {origin(url)}", cure)
        return url

    def _get(self, url: str, params: Mapping[str, Any] | None) -> tuple[bytes, str | None]:
        """One answer's body and next link; waits out rate limits, which are no failures and count against no retry."""
        for limited in count():
            self._count(url)
            try:
                # no parameters at all: an empty set would take away those of a link
                with self._http.stream("GET", url, params=dict(params) if params else None) as answer:
                    if answer.status_code in LIMITED_STATUS or _is_exhausted(answer):
                        pause = retry_after(answer.headers, self._clock())
                    else:
                        self._raise_for(answer, url)
                        return self._body(answer, url), answer.links.get("next", {}).get("url")
            except httpx.HTTPError as error:
                raise _Passing(self._unreachable(url, error)) from None
            # never less than a second, or a server that says 0 would be hammered
            self._wait(max(1.0, min(2.0**limited, 60.0) if pause is None else pause), url)
        raise AssertionError  # pragma: no cover

    def _body(self, answer: httpx.Response, url: str) -> bytes:
        chunks, size = [], 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > self.limits.max_bytes:
                raise self._bad(url, f"the answer is larger than {self.limits.max_bytes} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _raise_for(self, answer: httpx.Response, url: str) -> None:
        """Turns a status into our own error; the body is never quoted, it may echo what was sent."""
        status, place = answer.status_code, self._place(url)
        if status in RETRIED_STATUS:
            problem = f"the server answers {status}"
            raise _Passing(Unreachable(self.source, place, problem, "run again later; what was read is kept"))
        if answer.is_redirect:
            where = origin(urljoin(url, answer.headers.get("location", "")))
            raise BadAnswer(self.source, place, f"redirects to {where}", "set base_url to the address it really has")
        if status in (401, 403):
            cure = "check the source's secrets and rights"
            raise Unauthorized(self.source, place, f"access refused ({status})", cure)
        if status in (404, 410):
            raise NotFound(self.source, place, f"there is nothing here ({status})", "check base_url")
        if status != 200:
            raise self._bad(url, f"the server answers {status}")

    def _wait(self, seconds: float, url: str) -> None:
        self._waited += seconds
        if seconds > self.limits.max_wait or self._waited > self.limits.max_total_wait:
            problem = f"the platform asks for a pause of {seconds:.0f} s"
            raise RateLimited(self.source, self._place(url), problem, "run again after that; what was read is kept")
        self._sleep(seconds)

    def _count(self, url: str) -> None:
        self.meter.requests += 1
        if self.meter.requests > self.limits.max_requests:
            problem = f"more than {self.limits.max_requests} requests in one run, pages seem endless"
            raise BadAnswer(self.source, self._place(url), problem, "run again to go on, or raise max_requests")

    def _unreachable(self, url: str, error: httpx.HTTPError) -> SourceError:
        problem = "no answer in time" if isinstance(error, httpx.TimeoutException) else "the connection failed"
        kind = type(error).__name__
        return Unreachable(self.source, self._place(url), f"{problem} ({kind})", "check base_url and the network")

    def _bad(self, url: str, problem: str) -> BadAnswer:
        return BadAnswer(self.source, self._place(url), problem, "check that base_url is the platform's own address")

    def _place(self, url: str) -> str:
        """The address without its query, which may hold tokens."""
        return urlsplit(url)._replace(query="", fragment="", netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()


class _Passing(Exception):
    """A fault worth another try, with the error to raise if it stays."""

    def __init__(self, error: SourceError) -> None:
        self.error = error


def decode(body: bytes) -> Any:
    """JSON; half an emoji, which the fast decoder refuses, is read by the slow one."""
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return json.loads(body)


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _is_exhausted(answer: httpx.Response) -> bool:
    """A 403 that says no request is left is a rate limit, not a refusal."""
    return answer.status_code == 403 and answer.headers.get("x-ratelimit-remaining") == "0"
