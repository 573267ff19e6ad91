"""What every connector must survive: one suite over a bed, a community that acts behind a transport that can fail.

A connector joins with a bed and two lines in tests/sources/<platform>/test_<platform>_conformance.py:

    class TestConformance(HttpConformance):   # or Conformance, for files
        @pytest.fixture
        def bed(self): return MyBed()
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any, Protocol

import httpx
import pytest

from sources.errors import BadAnswer, SourceError, Unauthorized

HOSTILE = "<script>alert(1)</script>'; drop table x; -- =cmd|' /C calc'!A0 | [x](javascript:1) \u202e`"
UNICODE = "😀👩‍👩‍👧 שלום עליכם مرحبا Привет e\u0301\u0323 ﷽ 𝕏 ?"
ACTS = frozenset({"edit", "delete", "react", "unreact", "join", "leave", "rename"})
PASSING = ("limited", "server_error", "timeout", "truncated", "malformed")


class Bed(Protocol):
    """A community on one platform. Names are of our choosing; ids are what `message` returns."""

    platform: str
    options: dict[str, Any]
    secrets: dict[str, str]
    now: datetime
    """naive UTC, the moment of the next pull; acts move it on"""
    acts: frozenset[str]
    """what of ACTS the connector can see"""
    idle_requests: int
    """the most a pull may ask when nothing has happened since the last"""
    compared: tuple[str, ...]
    """streams that end alike whether pulled step by step or all at once"""

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        """Somebody writes (and joins before, where one must)."""

    def edit(self, message: str, text: str) -> None:
        """The author rewrites."""

    def delete(self, message: str) -> None:
        """The author takes back."""

    def react(self, message: str, author: str, kind: str) -> None:
        """Somebody reacts."""

    def unreact(self, message: str, author: str, kind: str) -> None:
        """Somebody takes a reaction back."""

    def join(self, author: str) -> None:
        """Somebody comes."""

    def leave(self, author: str) -> None:
        """Somebody goes."""

    def rename(self, author: str, name: str) -> None:
        """Somebody takes another name."""

    def text(self, shelf: Any, message: str) -> str | None:
        """What the shelf now holds as that message's text; None: deleted or never landed."""

    def name(self, shelf: Any, author: str) -> str | None:
        """What the shelf now holds as that person's name."""

    def account(self, author: str) -> Any:
        """The account id as the connector lands it."""


class HttpBed(Bed, Protocol):
    """A bed behind HTTP: its transport is the real one or a mock; faults are put around it."""

    transport: httpx.BaseTransport

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        """The messages inside a decoded answer, to be doubled or shuffled in place; None if it holds none."""

    def limited(self) -> httpx.Response:
        """The platform's own way of saying: too many requests, wait two seconds."""

    def expired(self) -> httpx.Response:
        """The platform's own way of saying: this credential is no longer good."""

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        """The answer, changed so that its pages never end; `number` grows by one an answer."""


class Boundless(httpx.SyncByteStream):
    """A body that never ends."""

    def __iter__(self) -> Iterator[bytes]:
        return repeat(b" " * 1024 * 1024)


class Faulty(httpx.BaseTransport):
    """Passes requests on, and lets the answers to some of them go wrong."""

    def __init__(self, bed: HttpBed, kind: str, *, every: int = 1, times: int | None = None, skip: int = 0) -> None:
        """From request number `skip` on every `every`-th one goes wrong, `times` in all (None: always)."""
        self.bed, self.kind, self.every, self.times, self.skip = bed, kind, every, times, skip
        self.asked = self.done = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        turn = self.asked > self.skip and (self.asked - self.skip - 1) % self.every == 0
        if not turn or (self.times is not None and self.done >= self.times):
            return self.bed.transport.handle_request(request)
        self.done += 1
        return self._broken(request)

    def _broken(self, request: httpx.Request) -> httpx.Response:
        if self.kind == "timeout":
            raise httpx.ReadTimeout("too slow", request=request)
        if self.kind == "limited":
            return self.bed.limited()
        if self.kind == "expired":
            return self.bed.expired()
        if self.kind == "boundless":
            return httpx.Response(200, stream=Boundless())
        if self.kind == "server_error":
            return httpx.Response(503, text="<html>Service Unavailable</html>")
        answer = self.bed.transport.handle_request(request)
        content = answer.read()
        if answer.status_code != 200 or self.kind in ("truncated", "malformed"):
            return _like(
                answer, content[: len(content) // 2] if self.kind == "truncated" else b"\x00{nonsense" + content
            )
        return _like(answer, self._changed(request, content))

    def _changed(self, request: httpx.Request, content: bytes) -> bytes:
        body = json.loads(content)
        if self.kind == "endless":
            return json.dumps(self.bed.endless(request, body, self.asked)).encode()
        if (items := self.bed.items(request, body)) is not None:
            items[:] = (
                [*items, *items[: len(items) // 2 + 1]] if self.kind == "duplicated" else items[::2] + items[1::2]
            )
        return json.dumps(body).encode()


def _like(answer: httpx.Response, content: bytes) -> httpx.Response:
    kept = {k: v for k, v in answer.headers.items() if k in ("content-type", "link", "retry-after")}
    return httpx.Response(answer.status_code, headers=kept, content=content)


class Act:
    """Plays a small story in steps; each leaves something the next changes."""

    def __init__(self, bed: Bed) -> None:
        self.bed, self.ids = bed, dict[str, str]()

    def all(self) -> None:
        for step in self.steps:
            step(self)

    def first(self) -> None:
        bed = self.bed
        for author in ("anna", "boris", "vera"):
            bed.join(author)
        self.ids["hello"] = bed.message("anna", "hello everyone, how are you?")
        self.ids["answer"] = bed.message("boris", "fine", self.ids["hello"])
        self.ids["spam"] = bed.message("vera", "buy now")
        if "react" in bed.acts:
            bed.react(self.ids["hello"], "boris", "👍")
            bed.react(self.ids["hello"], "vera", "👍")
        self._many("first")

    def second(self) -> None:
        bed = self.bed
        if "edit" in bed.acts:
            bed.edit(self.ids["hello"], "hello all, how are you?")
        if "delete" in bed.acts:
            bed.delete(self.ids["spam"])
        if "unreact" in bed.acts:
            bed.unreact(self.ids["hello"], "vera", "👍")
        if "rename" in bed.acts:
            bed.rename("anna", "Anna B")
        self._many("second")

    def third(self) -> None:
        bed = self.bed
        if "leave" in bed.acts:
            bed.leave("vera")
        self.ids["later"] = bed.message("anna", "once more")
        if "edit" in bed.acts:
            bed.edit(self.ids["later"], "and once more")
            bed.edit(self.ids["hello"], "hello again")
        if "react" in bed.acts:
            bed.react(self.ids["later"], "boris", "🎉")
        self._many("third")

    def _many(self, label: str) -> None:
        for number in range(many(self.bed)):
            self.bed.message("anna" if number % 3 else "boris", f"{label} {number}")

    steps = (first, second, third)


def many(bed: Bed) -> int:
    """Plain messages in each step: enough for several pages; a slow bed asks for fewer."""
    return int(getattr(bed, "many", 25))


def living(shelf: Any, stream: str) -> dict[Any, dict[str, Any]]:
    """The latest rows of what is still there."""
    gone = ("is_tombstone", "is_removed", "is_deleted", "deleted_at")
    return {key: row for key, row in shelf.latest(stream).items() if not any(row.get(flag) for flag in gone)}


def events(shelf: Any, account: Any) -> list[str]:
    """An account's membership events, in time's order; following is a way of joining."""
    rows = [row for row in shelf.latest("memberships").values() if row["account_id"] == account]
    names = {"follow": "join", "unfollow": "leave"}
    return [names.get(row["event"], row["event"]) for row in sorted(rows, key=lambda row: row["occurred_at"])]


class Conformance:
    """The suite for any connector; a subclass has a fixture `bed`."""

    @pytest.fixture
    def bed(self) -> Bed:
        raise NotImplementedError("a subclass makes the bed")

    @pytest.fixture
    def pull(self, shelf: Callable[..., Any], bed: Bed) -> Callable[..., Any]:
        """Pulls the bed into a shelf at the bed's own time."""

        def run(into: Any, options: Mapping[str, Any] | None = None, **given: Any) -> Any:
            given = {"secrets": bed.secrets, "transport": getattr(bed, "transport", None)} | given
            return into.pull(bed.options | dict(options or {}), bed.now, **given)

        return run

    def test_step_by_step_ends_like_all_at_once(self, shelf: Any, bed: Bed, pull: Any) -> None:
        act, stepped, whole = Act(bed), shelf(bed.platform), shelf(bed.platform)
        for step in act.steps:
            step(act)
            pull(stepped)
        pull(whole)
        for stream in bed.compared:
            assert living(stepped, stream) == living(whole, stream), stream
        assert len(living(whole, "messages")) >= 3 * many(bed) + 3

    def test_killed_anywhere_and_resumed_ends_like_undisturbed(self, shelf: Any, bed: Bed, pull: Any) -> None:
        act, killed, whole = Act(bed), shelf(bed.platform), shelf(bed.platform)
        for step, kills in zip(act.steps, ((0, 3, 1), (2, 0, 5), (1, 4, 2)), strict=True):
            step(act)
            for kill in kills:
                pull(killed, killed_after=kill)
        pull(killed)
        pull(whole)
        for stream in bed.compared:
            assert living(killed, stream) == living(whole, stream), stream

    def test_killed_after_every_single_item(self, shelf: Any, bed: Bed, pull: Any) -> None:
        act, whole = Act(bed), shelf(bed.platform)
        act.all()
        pull(whole)
        for kill in getattr(bed, "kills", range(40)):
            killed = shelf(bed.platform)
            pull(killed, killed_after=kill)
            pull(killed)
            for stream in bed.compared:
                assert living(killed, stream) == living(whole, stream), (kill, stream)

    def test_nothing_new_costs_little_and_lands_nothing(self, shelf: Any, bed: Bed, pull: Any) -> None:
        here = shelf(bed.platform)
        Act(bed).all()
        pull(here)
        size = here.size()
        assert pull(here).requests <= bed.idle_requests
        assert here.size() == size

    def test_edits_and_deletions_are_seen(self, shelf: Any, bed: Bed, pull: Any) -> None:
        act, here = Act(bed), shelf(bed.platform)
        act.first()
        pull(here)
        assert bed.text(here, act.ids["hello"]) == "hello everyone, how are you?"
        assert bed.text(here, act.ids["spam"]) == "buy now"
        act.second()
        pull(here)
        if "edit" in bed.acts:
            assert bed.text(here, act.ids["hello"]) == "hello all, how are you?"
        if "delete" in bed.acts:
            assert bed.text(here, act.ids["spam"]) is None
        if "rename" in bed.acts:
            assert bed.name(here, "anna") == "Anna B"

    def test_reactions_come_and_go(self, shelf: Any, bed: Bed, pull: Any) -> None:
        if not {"react", "unreact"} <= bed.acts:
            pytest.skip(f"{bed.platform} does not tell who reacted and who took it back")
        act, here = Act(bed), shelf(bed.platform)
        act.first()
        pull(here)
        assert len(living(here, "reactions")) == 2
        act.second()
        pull(here)
        assert len(living(here, "reactions")) == 1

    def test_joining_and_leaving_are_seen(self, shelf: Any, bed: Bed, pull: Any) -> None:
        if not {"join", "leave"} <= bed.acts:
            pytest.skip(f"{bed.platform} does not tell who came and went")
        act, here = Act(bed), shelf(bed.platform)
        act.first()
        pull(here)
        act.second()
        act.third()
        pull(here)
        assert events(here, bed.account("vera")) == ["join", "leave"]
        bed.join("vera")
        pull(here)
        assert events(here, bed.account("vera")) == ["join", "leave", "join"]

    def test_an_empty_community_is_no_error(self, shelf: Any, bed: Bed, pull: Any) -> None:
        here = shelf(bed.platform)
        pull(here)
        assert not living(here, "messages")
        assert not here.rejected
        assert here.coverage

    @pytest.mark.parametrize("text", [HOSTILE, UNICODE, "x" * 1_000_000], ids=["hostile", "unicode", "long"])
    def test_a_text_of_any_kind_lands_as_it_is(self, shelf: Any, bed: Bed, pull: Any, text: str) -> None:
        here, text = shelf(bed.platform), text[: getattr(bed, "longest", len(text))]
        message = bed.message("anna", text)
        pull(here)
        assert bed.text(here, message) == text

    @pytest.mark.parametrize("name", [HOSTILE, UNICODE], ids=["hostile", "unicode"])
    def test_a_name_of_any_kind_lands_as_it_is(self, shelf: Any, bed: Bed, pull: Any, name: str) -> None:
        if "rename" not in bed.acts:
            pytest.skip(f"{bed.platform} does not tell names")
        here = shelf(bed.platform)
        bed.message("anna", "hello")
        bed.rename("anna", name)
        pull(here)
        assert bed.name(here, "anna") == name

    def test_check_finds_nothing_wrong(self, shelf: Any, bed: Bed) -> None:
        Act(bed).first()
        here = shelf(bed.platform)
        given = {"secrets": bed.secrets, "transport": getattr(bed, "transport", None)}
        findings = here.connector.check(here.context(bed.options, bed.now, **given))
        assert findings
        assert not [finding for finding in findings if finding.level == "error"]


class ExportConformance(Conformance):
    """The suite for export files."""

    def test_an_empty_community_is_no_error(self, shelf: Any, bed: Bed, pull: Any) -> None:
        """An export reaches from its first to its last message: without any it covers nothing."""
        here = shelf(bed.platform)
        pull(here)
        assert not here.latest("messages")
        assert not here.rejected
        assert not here.coverage


class HttpConformance(Conformance):
    """What connectors that speak HTTP must survive besides."""

    @pytest.fixture
    def bed(self) -> HttpBed:
        raise NotImplementedError("a subclass makes the bed")

    @pytest.mark.parametrize("kind", [*PASSING, "duplicated", "reordered"])
    def test_a_fault_that_passes_changes_nothing(self, shelf: Any, bed: HttpBed, pull: Any, kind: str) -> None:
        here, whole, waits = shelf(bed.platform), shelf(bed.platform), list[float]()
        Act(bed).all()
        pull(whole)
        fault = Faulty(bed, kind, every=2)
        pull(here, transport=fault, sleep=waits.append)
        assert fault.done
        for stream in bed.compared:
            assert living(here, stream) == living(whole, stream), stream
        if kind == "limited":
            assert min(waits) >= 2.0, "the platform's own words are obeyed"

    @pytest.mark.parametrize("kind", ["limited", "server_error", "timeout", "truncated", "malformed", "expired"])
    def test_a_fault_that_stays_is_one_line_and_loses_nothing(
        self, shelf: Any, bed: HttpBed, pull: Any, kind: str
    ) -> None:
        here, whole = shelf(bed.platform), shelf(bed.platform)
        Act(bed).all()
        pull(whole)
        with pytest.raises(SourceError) as raised:
            pull(here, transport=Faulty(bed, kind, skip=3))
        if kind == "expired":
            assert isinstance(raised.value, Unauthorized)
        self._says_one_line(bed, str(raised.value))
        pull(here)
        for stream in bed.compared:
            assert living(here, stream) == living(whole, stream), stream

    def test_an_expired_credential_is_said_by_check(self, shelf: Any, bed: HttpBed) -> None:
        here = shelf(bed.platform)
        given = {"secrets": bed.secrets, "transport": Faulty(bed, "expired")}
        findings = here.connector.check(here.context(bed.options, bed.now, **given))
        errors = [finding.text for finding in findings if finding.level == "error"]
        assert errors
        for error in errors:
            self._says_one_line(bed, error)

    def test_pages_that_never_end_are_an_error(self, shelf: Any, bed: HttpBed, pull: Any) -> None:
        Act(bed).all()
        fault = Faulty(bed, "endless")
        with pytest.raises(BadAnswer) as raised:
            pull(shelf(bed.platform), {"max_requests": 300}, transport=fault)
        self._says_one_line(bed, str(raised.value))
        assert fault.asked <= 301

    def test_an_answer_that_never_ends_is_an_error(self, shelf: Any, bed: HttpBed, pull: Any) -> None:
        Act(bed).first()
        with pytest.raises(BadAnswer, match="larger than") as raised:
            pull(shelf(bed.platform), transport=Faulty(bed, "boundless", skip=1))
        self._says_one_line(bed, str(raised.value))

    def test_no_secret_is_kept_anywhere(self, shelf: Any, bed: HttpBed, pull: Any) -> None:
        here = shelf(bed.platform)
        Act(bed).first()
        result = pull(here)
        kept = repr((here.state, here.versions, here.rejected, here.coverage, result.notes))
        assert not [secret for secret in bed.secrets.values() if secret in kept]

    def test_requests_leave_for_the_configured_origin_only(self, shelf: Any, bed: HttpBed, pull: Any) -> None:
        asked: list[str] = []

        class Watch(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                asked.append(f"{request.url.scheme}://{request.url.netloc.decode()}")
                return bed.transport.handle_request(request)

        Act(bed).first()
        pull(shelf(bed.platform), transport=Watch())
        home = httpx.URL(bed.options["base_url"])
        assert set(asked) == {f"{home.scheme}://{home.netloc.decode()}"}

    def _says_one_line(self, bed: HttpBed, text: str) -> None:
        assert "\n" not in text
        assert not [secret for secret in bed.secrets.values() if secret in text]


class Clock:
    """A clock for beds of our own making: each act takes a minute."""

    def __init__(self, start: datetime = datetime(2024, 3, 1)) -> None:
        self.now = start

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now
