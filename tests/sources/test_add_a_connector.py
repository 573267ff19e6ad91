"""The connector that docs/add-a-connector.md walks through works, is small, passes the suite, and is staged."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
import httpx
import jinja2
import pyarrow as pa
import pytest
import yaml  # type: ignore[import-untyped]

from sources import registry
from sources.table import schema
from tests.sources.conformance import Clock, HttpConformance

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "add-a-connector.md"
PAGE = DOCUMENT.read_text(encoding="utf-8")
CODE = "\n\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
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


@pytest.fixture
def plaza() -> Iterator[Plaza]:
    """The bed, with the page's connector in the registry."""
    module = types.ModuleType("plaza_of_the_document")
    exec(compile(CODE, str(DOCUMENT), "exec"), module.__dict__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, module.__name__, module)
        patch.setattr(registry, "PLATFORMS", {**registry.PLATFORMS, "plaza": module.__name__})
        yield Plaza()


def staged(here: Any, stream: str) -> duckdb.DuckDBPyRelation:
    """The page's model of a stream upon what was landed, its macros written out."""
    rows = [row for versions in here.versions[stream].values() for row in versions]
    connection = duckdb.connect()
    connection.register(f"raw_{stream}", pa.Table.from_pylist(rows, schema(here.connector.stream(stream))))
    [sql] = [sql for sql in SQL if f"source('raw_plaza', '{stream}')" in sql]
    given = {
        "source": lambda _, name: f"raw_{name}",
        "newest_first": lambda: "observed_at desc, run_id desc, seq desc",
        "no_list": lambda: "cast([] as varchar[])",
    }
    threads = (ROOT / "dbt_project" / "macros" / "threads.sql").read_text(encoding="utf-8")
    return connection.sql(jinja2.Template(threads + sql).render(given))


def test_its_models_give_the_common_shape_to_what_it_lands(shelf: Any, plaza: Plaza) -> None:
    here = shelf("plaza")
    plaza.join("anna")
    opener = plaza.message("anna", "hello?")
    answer = plaza.message("boris", "fine", opener)
    late = plaza.message("anna", "good", answer)
    plaza.edit(opener, "hello again?")
    plaza.delete(answer)
    here.pull(plaza.options, plaza.now, secrets=plaza.secrets, transport=plaza.transport)
    for stream in ("messages", "memberships"):
        neighbour = ROOT / "dbt_project" / "models" / "staging" / "discourse" / f"stg_discourse__{stream}.yml"
        columns = yaml.safe_load(neighbour.read_text(encoding="utf-8"))["models"][0]["columns"]
        found = staged(here, stream)
        shape = {name: str(kind).lower() for name, kind in zip(found.columns, found.types, strict=True)}
        assert list(shape.items()) == [(column["name"], column["data_type"]) for column in columns]
    rows = {row["message_id"]: row for row in staged(here, "messages").to_arrow_table().to_pylist()}
    assert {row["thread_id"] for row in rows.values()} == {opener}
    assert (rows[opener]["text"], rows[opener]["kind"], rows[opener]["has_question"]) == ("hello again?", "post", True)
    assert (rows[answer]["text"], rows[answer]["deleted_at"] is None) == ("fine", False)
    assert (rows[late]["kind"], rows[late]["deleted_at"]) == ("comment", None)


def test_it_has_fewer_than_a_hundred_lines() -> None:
    assert 50 < sum(bool(line.strip()) for line in CODE.splitlines()) < 100


class TestPlaza(HttpConformance):
    @pytest.fixture
    def bed(self, plaza: Plaza) -> Plaza:
        return plaza
