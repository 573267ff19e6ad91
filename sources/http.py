"""A polite HTTP client bound to one origin: waits as told, retries what may pass, never carries secrets away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx
import msgspec

from sources.answers import Answer, Passing, Wait, bad, decode, fault, origin, place, unreachable
from sources.connector import Meter
from sources.errors import BadAnswer, RateLimited, Unauthorized
from sources.waits import retry_after

__all__ = ["Answer", "Client", "Limits", "Wait", "decode", "origin"]

T = TypeVar("T")
# what reading an answer of another shape than expected ends in
_MISREAD = (msgspec.MsgspecError, ValueError, TypeError, AttributeError, LookupError, RecursionError)


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
        explain: Callable[[Answer], Exception | None] | None = None,
    ) -> None:
        """Opens no connection yet; `clock` gives seconds since 1970 and is used only for limits and pauses.

        `explain` is asked first what an answer other than 200 means: the error to raise, a `Wait`, or None for the
        usual meaning of the status.
        """
        self.source, self.limits = source, limits or Limits()
        self.meter = meter or Meter()
        self._base = base_url.rstrip("/") + "/"
        self._origin = origin(self._base)
        self._sleep, self._clock, self._waited, self._not_before = sleep, clock, 0.0, 0.0
        self._explain = explain or (lambda _answer: None)
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

    def read(self, path: str, params: Mapping[str, Any] | None, parse: Callable[[bytes], T]) -> T:
        """The parsed body of the answer to a GET; see `ask`."""
        return self.ask(path, params, lambda answer: parse(answer.body))

    def linked(self, path: str, params: Mapping[str, Any] | None, parse: Callable[[bytes], T]) -> tuple[T, str | None]:
        """The same, and where the answer's Link header says the next page is; None after the last."""
        return self.ask(path, params, lambda answer: (parse(answer.body), answer.links.get("next")))

    def ask(
        self,
        path: str,
        params: Mapping[str, Any] | None,
        parse: Callable[[Answer], T],
        *,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> T:
        """What `parse` makes of the answer to a GET, or to a POST of a form or of JSON, which must change nothing.

        An answer that `parse` cannot read is asked for again like any passing fault. It may raise `Wait` where the
        platform asks for a pause in a good answer, or a SourceError, which ends the matter.
        """
        url = self.url(path)
        method = "GET" if form is None and json is None else "POST"
        # no parameters at all: an empty set would take away those of a link
        request = self._http.build_request(method, url, params=dict(params) if params else None, data=form, json=json)
        tries = limited = 0
        while True:
            try:
                return parse(self._answer(request, url))
            except Wait as asked:
                # never less than a second, or a server that says 0 would be hammered
                pause = max(1.0, min(2.0**limited, 60.0) if asked.seconds is None else asked.seconds)
                limited += 1
            except (Passing, *_MISREAD) as error:
                if tries == self.limits.retries:
                    if isinstance(error, Passing):
                        raise error.error from None
                    raise bad(self.source, url, "the answer is not the JSON it should be") from None
                pause = min(2.0**tries, 60.0)
                tries += 1
            self._wait(pause, url)

    def pause(self, seconds: float) -> None:
        """Has the next request wait so long from now: what a `backoff` in a good answer asks for."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def url(self, path_or_link: str) -> str:
        """The absolute address; a link to another origin is refused, because the credentials would follow it."""
        url = urljoin(self._base, path_or_link.lstrip("/") if "://" not in path_or_link else path_or_link)
        if origin(url) != self._origin:
            cure = "set base_url to the address it really has"
            raise BadAnswer(self.source, self._origin, f"a link leads to {origin(url)}", cure)
        return url

    def _answer(self, request: httpx.Request, url: str) -> Answer:
        """One good answer; anything else is raised as what it means."""
        if (left := self._not_before - self._clock()) > 0:
            self._wait(left, url)
        self._not_before = 0.0
        self._count(url)
        try:
            got = self._http.send(request, stream=True)
            try:
                answer = Answer(got.status_code, got.headers, _links(got), self._body(got, url))
            finally:
                got.close()
        except httpx.HTTPError as error:
            raise unreachable(self.source, url, error) from None
        told = retry_after(answer.headers, self._clock())
        if problem := self._explain(answer) if answer.status != 200 else None:
            raise problem
        if answer.is_limit:
            raise Wait(told)
        if problem := fault(answer, self.source, url):
            raise problem
        if answer.is_last and told:
            self.pause(told)
        return answer

    def _body(self, answer: httpx.Response, url: str) -> bytes:
        chunks, size = [], 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > self.limits.max_bytes:
                raise bad(self.source, url, f"the answer is larger than {self.limits.max_bytes} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _wait(self, seconds: float, url: str) -> None:
        self._waited += seconds
        if seconds > self.limits.max_wait or self._waited > self.limits.max_total_wait:
            problem = f"the platform asks for a pause of {seconds:.0f} s"
            raise RateLimited(self.source, place(url), problem, "run again after that; what was read is kept")
        self._sleep(seconds)

    def _count(self, url: str) -> None:
        self.meter.count()
        if self.meter.requests > self.limits.max_requests:
            problem = f"more than {self.limits.max_requests} requests in one run, pages seem endless"
            raise BadAnswer(self.source, place(url), problem, "run again to go on, or raise max_requests")


def _links(answer: httpx.Response) -> dict[str, str]:
    return {rel: link["url"] for rel, link in answer.links.items() if rel and "url" in link}
