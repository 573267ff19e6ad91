"""The HTTP client: waits as told, retries what may pass, stays at home, keeps secrets, says one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sources.errors import BadAnswer, NotFound, RateLimited, SourceError, Unauthorized, Unreachable
from sources.http import Client, Limits, decode
from sources.waits import retry_after

BASE = "https://forum.test/sub"
SECRET = "s3cr3t-key"


def client(answer: Callable[[httpx.Request], httpx.Response], waits: list[float], **limits: Any) -> Client:
    return Client(
        "forum",
        BASE,
        headers={"Api-Key": SECRET},
        limits=Limits(**limits),
        sleep=waits.append,
        clock=lambda: 1_700_000_000.0,
        transport=httpx.MockTransport(answer),
    )


def after(count: int, bad: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    """Answers badly a number of times, then well."""
    left = iter(range(count))

    def answer(request: httpx.Request) -> httpx.Response:
        if next(left, None) is None:
            return httpx.Response(200, json={"ok": True})
        if isinstance(bad, Exception):
            raise bad
        return bad

    return answer


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"x-ratelimit-reset": "1700000042"}, 42.0),
        ({"x-ratelimit-reset": "2023-11-14T22:14:20.000Z"}, 60.0),
        ({"x-ratelimit-reset-after": "1.5"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_every_way_of_saying_wait_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Headers(headers), 1_700_000_000.0) == seconds


def test_a_rate_limit_is_waited_out_and_is_no_failure() -> None:
    waits: list[float] = []
    limited = httpx.Response(429, headers={"retry-after": "11"})
    assert client(after(9, limited), waits, retries=0).json("posts.json") == {"ok": True}
    assert waits == [11.0] * 9


def test_a_pause_longer_than_a_run_may_take_is_an_error() -> None:
    with pytest.raises(RateLimited, match="pause of 7200 s"):
        client(after(1, httpx.Response(429, headers={"retry-after": "7200"})), []).json("posts.json")


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(503),
        httpx.Response(200, content=b'{"ok": tr'),
        httpx.Response(200, content=b"<html>busy</html>"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.ConnectError("refused"),
    ],
)
def test_what_may_pass_is_tried_again_and_bounded(bad: Any) -> None:
    waits: list[float] = []
    assert client(after(2, bad), waits).json("posts.json") == {"ok": True}
    assert waits == [1.0, 2.0]
    with pytest.raises((Unreachable, BadAnswer)) as error:
        client(after(99, bad), []).json("posts.json")
    assert "\n" not in str(error.value)
    assert "forum.test" in str(error.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401, json={"echo": SECRET}), Unauthorized),
        (httpx.Response(403, text=SECRET), Unauthorized),
        (httpx.Response(404), NotFound),
        (httpx.Response(410), NotFound),
        (httpx.Response(418, text=SECRET), BadAnswer),
        (httpx.Response(302, headers={"location": "https://evil.test/?k=" + SECRET}), BadAnswer),
    ],
)
def test_refusals_are_one_line_without_secrets(answer: httpx.Response, kind: type[SourceError], caplog: Any) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(kind) as error:
        client(lambda request: answer, []).json("posts.json", {"token": SECRET})
    assert str(error.value).startswith("source 'forum': https://forum.test")
    assert SECRET not in str(error.value)
    assert SECRET not in repr(error.value.__cause__) + repr(error.value.__context__)


def test_links_to_another_origin_are_refused() -> None:
    here = client(lambda request: httpx.Response(200, json={}), [])
    assert here.url("posts.json") == f"{BASE}/posts.json"
    assert here.url("https://forum.test/other") == "https://forum.test/other"
    for link in (
        "https://evil.test/x",
        "http://forum.test/x",
        "https://forum.test:8443/x",
        "https://forum.test@evil.test/",
    ):
        with pytest.raises(BadAnswer, match="leads to"):
            here.url(link)


def test_pages_are_followed_by_their_link_header_but_not_abroad() -> None:
    asked: list[str] = []
    links = {"": "https://forum.test/sub/posts?max_id=7", "7": f"{BASE}/posts?max_id=3", "3": "https://evil.test/a"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        place = request.url.params.get("max_id", "")
        link = f'<{links[place]}>; rel="next", <https://forum.test/sub/posts?min_id=9>; rel="prev"'
        return httpx.Response(200, json=place, headers={"link": link})

    here, following, read = client(answer, []), "posts", list[str]()
    for _ in range(3):
        page, link = here.linked(following, None, decode)
        read.append(page)
        following = str(link)
    assert read == ["", "7", "3"]
    with pytest.raises(BadAnswer, match=r"a link leads to https://evil\.test"):
        here.linked(following, None, decode)
    assert asked == [f"{BASE}/posts", f"{BASE}/posts?max_id=7", f"{BASE}/posts?max_id=3"]
    assert client(lambda request: httpx.Response(200, json={}), []).linked("posts", {}, decode) == ({}, None)


def test_size_and_number_of_answers_are_bounded() -> None:
    with pytest.raises(BadAnswer, match="larger than 1000 bytes"):
        client(lambda request: httpx.Response(200, content=b" " * 5000), [], max_bytes=1000).json("a")
    here = client(lambda request: httpx.Response(200, json={}), [], max_requests=3)
    assert [here.json("a") for _ in range(3)] == [{}] * 3
    with pytest.raises(BadAnswer, match="endless"):
        here.json("a")


def test_a_secret_no_header_can_carry_is_not_shown() -> None:
    with pytest.raises(Unauthorized) as error:
        Client("forum", BASE, headers={"Api-Key": "abc\ndef"})
    assert "abc" not in str(error.value)
