"""The HTTP client: waits as told, retries what may pass, stays at home, keeps secrets, says one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sources.errors import BadAnswer, NotFound, RateLimited, SourceError, Unauthorized, Unreachable
from sources.http import Answer, Client, Limits, Wait, decode
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


def test_a_403_is_a_refusal_unless_it_says_when_to_return() -> None:
    for headers in ({"retry-after": "9"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000009"}):
        waits: list[float] = []
        assert client(after(1, httpx.Response(403, headers=headers)), waits).json("a") == {"ok": True}
        assert waits == [9.0]
    with pytest.raises(Unauthorized):
        client(after(1, httpx.Response(403, headers={"x-ratelimit-remaining": "12"})), []).json("a")


@pytest.mark.parametrize("remaining", ["0", "0.0"])
def test_a_limit_that_leaves_no_request_is_waited_out_before_the_next(remaining: str) -> None:
    waits: list[float] = []
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset-after": "4.5"}
    here = client(after(1, httpx.Response(200, headers=headers, json={})), waits)
    here.json("a")
    assert not waits
    here.json("a")
    here.json("a")
    assert waits == [4.5]


def vk(body: bytes) -> list[int]:
    """Reads an answer as VK gives it: its refusals come in a 200."""
    answer = decode(body)
    pauses = {6: 1.0, 9: 60.0, 29: 86_400.0}
    if code := answer.get("error", {}).get("error_code"):
        raise Wait(pauses.get(code))
    return answer["response"]["items"]


@pytest.mark.parametrize(("code", "pauses"), [(6, [1.0] * 3), (9, [60.0] * 3), (1, [1.0, 2.0, 4.0])])
def test_a_wait_told_in_a_good_answer_is_obeyed_and_is_no_failure(code: int, pauses: list[float]) -> None:
    bodies = [{"error": {"error_code": code}}] * 3 + [{"response": {"items": [1, 2]}}]
    waits, left = list[float](), iter(bodies)
    here = client(lambda request: httpx.Response(200, json=next(left)), waits, retries=0)
    assert here.read("wall.get", {}, vk) == [1, 2]
    assert waits == pauses


def test_a_wait_told_in_a_good_answer_has_the_same_bounds() -> None:
    waits: list[float] = []
    with pytest.raises(RateLimited, match="pause of 86400 s"):
        client(lambda request: httpx.Response(200, json={"error": {"error_code": 29}}), waits).read("a", {}, vk)
    assert not waits
    with pytest.raises(RateLimited):
        client(lambda request: httpx.Response(200, json={"error": {"error_code": 9}}), waits).read("a", {}, vk)
    assert sum(waits) <= Limits().max_total_wait


def test_a_backoff_in_a_good_answer_binds_the_next_request_only() -> None:
    waits: list[float] = []
    here = client(lambda request: httpx.Response(200, json={"items": [], "backoff": 10}), waits)
    for _ in range(2):
        if backoff := here.json("2.3/questions").get("backoff"):
            here.pause(backoff)
    assert waits == [10.0]
    here.pause(7200)
    with pytest.raises(RateLimited, match="pause of 7200 s"):
        here.json("2.3/questions")


def test_a_platform_explains_its_refusals_itself() -> None:
    def explain(answer: Answer) -> Exception | None:
        reason = json.loads(answer.body).get("reason")
        return {"slow": Wait(3.0), "off": NotFound("forum", "comments", "they are off", "nothing to do")}.get(reason)

    def say(reason: str) -> Client:
        answer = after(1, httpx.Response(403, json={"reason": reason}))
        return Client("forum", BASE, explain=explain, sleep=waits.append, transport=httpx.MockTransport(answer))

    waits: list[float] = []
    assert say("slow").json("a") == {"ok": True}
    assert waits == [3.0]
    with pytest.raises(NotFound, match="they are off"):
        say("off").json("a")
    with pytest.raises(Unauthorized):
        say("other").json("a")


def test_what_is_posted_is_posted_again_with_each_try() -> None:
    sent: list[tuple[str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.method, request.read()))
        return httpx.Response(200 if len(sent) > 2 else 502, json={})

    client(answer, []).ask("graphql", None, lambda answer: decode(answer.body), json={"query": "{ viewer }"})
    assert sent == [("POST", b'{"query":"{ viewer }"}')] * 3
    client(answer, []).ask("token", None, lambda answer: decode(answer.body), form={"grant_type": "password"})
    assert sent[-1] == ("POST", b"grant_type=password")


def test_the_reader_of_an_answer_sees_its_links_and_headers() -> None:
    link = '<https://forum.test/sub/a?max_id=7>; rel="next", <https://evil.test/b>; rel="prev"'
    here = client(lambda request: httpx.Response(200, headers={"Link": link, "X-Total": "9"}, json=[]), [])
    answer = here.ask("a", None, lambda answer: answer)
    assert answer.headers["x-total"] == "9"
    assert here.url(answer.links["next"]) == f"{BASE}/a?max_id=7"
    with pytest.raises(BadAnswer, match="leads to"):
        here.url(answer.links["prev"])


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(503),
        httpx.Response(200, content=b'{"ok": tr'),
        httpx.Response(200, content=b"<html>busy</html>"),
        httpx.Response(200, content=b"[" * 100_000),
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
