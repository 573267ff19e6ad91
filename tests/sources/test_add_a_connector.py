"""The connector that docs/add-a-connector.md walks through works, is small, and passes the suite."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx
import pytest

from sources import registry
from tests.sources.conformance import Clock, HttpConformance

DOCUMENT = Path(__file__).parents[2] / "docs" / "add-a-connector.md"
CODE = "\n\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))
TOKEN = "plaza-s3cr3t"


class Plaza(Clock):
    """A log of events, ten a page; and the bed upon it."""

    platform = "plaza"
    acts = frozenset({"edit", "delete", "join", "leave"})
    idle_requests = 1
    compared = ("messages", "memberships")

    def __init__(self) -> None:
        super().__init__()
        self.log: list[dict[str, Any]] = []
        self.transport = httpx.MockTransport(self.answer)
        self.options: dict[str, Any] = {"base_url": "https://plaza.test/api"}
        self.secrets = {"token": TOKEN}

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return self.expired()
        first = int(request.url.params["after"] or 0)
        return httpx.Response(
            200, json={"events": (page := self.log[first : first + 10]), "next": f"{first + len(page)}"}
        )

    def _note(self, what: str, **told: Any) -> str:
        self.log.append({"what": what, "at": self.tick().replace(tzinfo=UTC).isoformat(), **told})
        return str(told.get("id"))

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        told = {"id": f"m{len(self.log)}", "author": author, "body": text, "answers": answers}
        return self._note("message", created_at=self.tick().replace(tzinfo=UTC).isoformat(), **told)

    def edit(self, message: str, text: str) -> None:
        first = next(event for event in self.log if event.get("id") == message)
        again = {name: first[name] for name in ("id", "author", "answers", "created_at")}
        self._note("message", **again, body=text, edited_at=self.now.replace(tzinfo=UTC).isoformat())

    def delete(self, message: str) -> None:
        self._note("delete", id=message)

    def join(self, author: str) -> None:
        self._note("join", author=author)

    def leave(self, author: str) -> None:
        self._note("leave", author=author)

    def text(self, shelf: Any, message: str) -> str | None:
        return shelf.latest("messages")[message,]["body"]

    def account(self, author: str) -> str:
        return author

    def items(self, request: httpx.Request, body: Any) -> list[Any] | None:
        return body["events"]

    def limited(self) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "2"})

    def expired(self) -> httpx.Response:
        return httpx.Response(401, json={"error": "expired"})

    def endless(self, request: httpx.Request, body: Any, number: int) -> Any:
        return {"events": self.log[:10], "next": f"{number}"}


def test_it_has_fewer_than_a_hundred_lines() -> None:
    assert 50 < sum(bool(line.strip()) for line in CODE.splitlines()) < 100


class TestPlaza(HttpConformance):
    @pytest.fixture
    def bed(self) -> Iterator[Plaza]:
        module = types.ModuleType("plaza_of_the_document")
        exec(compile(CODE, str(DOCUMENT), "exec"), module.__dict__)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, module.__name__, module)
            patch.setattr(registry, "PLATFORMS", {**registry.PLATFORMS, "plaza": module.__name__})
            yield Plaza()
