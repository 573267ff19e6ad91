"""Doubles for the sources' tests: a forum behind a mock transport, and a shelf that folds rows as a warehouse would."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import msgspec
import pyarrow as pa
import pytest

from sources import registry
from sources.batches import Batches
from sources.connector import Context
from sources.pipeline import PullResult, pull

SHARED = Path(__file__).parents[2].parent / "shared"
OUR = ("payload", "source", "run_id", "observed_at", "seq")


class Shelf:
    """Takes the landed rows of one source into memory: versions by key, as the contract of the warehouse says."""

    def __init__(self, folder: Path, platform: str, source: str = "forum") -> None:
        self.connector, self.source, self.folder = registry.get(platform), source, folder
        self.warehouse = folder / "warehouse.duckdb"
        self.lock = threading.Lock()
        self.versions: dict[str, dict[tuple[Any, ...], list[dict[str, Any]]]] = {}
        self.rejected: list[dict[str, Any]] = []
        self.coverage: list[dict[str, Any]] = []

        self.state: dict[str, Any] = {}

    def pull(
        self, options: dict[str, Any], now: datetime, *, killed_after: int | None = None, **given: Any
    ) -> PullResult:
        """Reads without dlt, in memory; a kill leaves what was yielded and the state as it was then."""
        context = Context(**self.arguments(options, now, **given), state=json.loads(json.dumps(self.state)))
        batches, result = Batches(self.connector, context, 0, None, True), PullResult()
        tables: list[tuple[str, pa.Table]] = []
        try:
            for count, item in enumerate(self.connector.read(context)):
                tables += batches.add(item)
                self.state = json.loads(json.dumps(context.state))
                if count == killed_after:
                    break
            else:
                self.state = json.loads(json.dumps(context.state))
        finally:
            for name, table in [*tables, *batches.flush()]:
                self._take(name, table.to_pylist())
        result.requests, result.notes, result.rejected = context.meter.requests, context.meter.notes, batches.rejected
        result.pages, result.rows = batches.pages, batches.rows
        return result

    def context(self, options: dict[str, Any], now: datetime, **given: Any) -> Context:
        return Context(**self.arguments(options, now, **given), state={})

    def arguments(self, options: dict[str, Any], now: datetime, **given: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "source": self.source,
            "options": self.connector.options(**options),
            "secrets": {},
            "known": self.known,
            "now": now,
            "run_id": now.strftime("%Y%m%dT%H%M%SZ"),
            "sleep": lambda seconds: None,
        }
        return arguments | given

    def land(self, options: dict[str, Any], now: datetime, **given: Any) -> PullResult:
        """The same through dlt and a DuckDB file."""
        outer = {name: given.pop(name) for name in ("treat", "keep_payload", "on_progress") if name in given}
        return pull(
            self.connector,
            self.arguments(options, now, **given),
            warehouse=self.warehouse,
            dlt_dir=self.folder / "dlt",
            write_lock=self.lock,
            on_loaded=self.merge,
            **outer,
        )

    def merge(self) -> None:
        schema = f"landing_{self.source}"
        with duckdb.connect(str(self.warehouse)) as connection:
            query = "select table_name from information_schema.tables where table_schema = ?"
            tables = {row[0] for row in connection.execute(query, [schema]).fetchall()}
            for name in sorted(tables):
                if not name.startswith("_dlt"):
                    rows = connection.execute(f"select * from {schema}.{name}").to_arrow_table().to_pylist()
                    self._take(name, sorted(rows, key=lambda row: (row.get("observed_at"), row.get("seq"))))
                    connection.execute(f"truncate {schema}.{name}")

    def _take(self, name: str, rows: list[dict[str, Any]]) -> None:
        if name in ("rejected", "coverage"):
            getattr(self, name).extend(rows)
            return
        kept = self.versions.setdefault(name, {})
        for row in rows:
            if isinstance(row.get("mentions"), str):  # dlt makes JSON of lists
                row["mentions"] = json.loads(row["mentions"])
            versions = kept.setdefault(tuple(row[column] for column in self.connector.stream(name).key), [])
            if not versions or _bare(versions[-1]) != _bare(row):
                versions.append(row)

    def latest(self, name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {key: _bare(versions[-1]) for key, versions in self.versions.get(name, {}).items()}

    def known(self, name: str) -> pa.Table:
        """Asked from the reader's thread too, while another package is merged."""
        with self.lock:
            return self._known(name)

    def _known(self, name: str) -> pa.Table:
        from sources.table import schema

        stream = self.connector.stream(name)
        gone = ("is_tombstone", "is_removed", "is_deleted")
        alive = [
            dict(zip(stream.key, key, strict=True))
            for key, row in self.latest(name).items()
            if not any(row.get(flag) for flag in gone)
        ]
        fields = [field for field in schema(stream) if field.name in stream.key]
        return pa.Table.from_pylist(alive, pa.schema(fields))

    def size(self) -> int:
        return sum(len(versions) for kept in self.versions.values() for versions in kept.values())


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OUR}


class Forum:
    """A small Discourse: posts by id, categories, totals, an admin list; can misbehave on demand."""

    def __init__(self, posts: list[dict[str, Any]] | None = None, *, windowed: bool = False) -> None:
        self.posts = {post["id"]: post for post in posts or []}
        self.users: dict[int, dict[str, Any]] | None = None
        self.windowed, self.exclusive = windowed, False
        self.requests: list[str] = []
        self.hidden: dict[int, int] = {}
        self.faults: list[Callable[[httpx.Request], httpx.Response | None]] = []
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.raw_path.decode())
        for fault in list(self.faults):
            if (answer := fault(request)) is not None:
                return answer
        path, query = request.url.path, request.url.params
        if path == "/posts.json":
            before = int(query["before"]) if "before" in query else max(self.posts, default=0)
            return httpx.Response(200, json={"latest_posts": self._page(before)})
        if path.startswith("/posts/"):
            number = int(path.removeprefix("/posts/").removesuffix(".json"))
            status = self.hidden.get(number, 200 if number in self.posts else 404)
            return httpx.Response(status, json=self.posts.get(number, {}) if status == 200 else {"errors": ["gone"]})
        if path == "/categories.json":
            return httpx.Response(
                200, json={"category_list": {"categories": [{"id": 1, "name": "General", "slug": "g"}]}}
            )
        if path == "/about.json":
            return httpx.Response(200, json={"about": {"stats": {"user_count": 7, "post_count": len(self.posts)}}})
        return self._admin(request)

    def _page(self, before: int) -> list[dict[str, Any]]:
        top = before - 1 if self.exclusive and before < max(self.posts, default=0) else before
        ids = sorted((i for i in self.posts if i <= top and i not in self.hidden), reverse=True)
        if self.windowed:
            ids = [i for i in ids if i > top - 50]
        return [self.posts[i] for i in ids[:50]]

    def _admin(self, request: httpx.Request) -> httpx.Response:
        if self.users is None or request.headers.get("api-key") != "secret-key":
            return httpx.Response(403, json={"errors": ["not permitted"], "error_type": "invalid_access"})
        if request.url.path == "/admin/users/list/active.json":
            page = int(request.url.params.get("page", 1))
            users = sorted(self.users.values(), key=lambda user: user["created_at"], reverse=True)
            return httpx.Response(200, json=users[(page - 1) * 100 : page * 100])
        if request.url.path == "/admin/logs/staff_action_logs.json":
            return httpx.Response(200, json={"staff_action_logs": [], "total_rows_staff_action_logs": 0})
        if request.url.path == "/review.json":
            return httpx.Response(200, json={"reviewables": [], "meta": {}})
        number = int(request.url.path.rpartition("/")[2].removesuffix(".json"))
        return httpx.Response(200, json=self.users[number]) if number in self.users else httpx.Response(404, json={})


def make_post(number: int, **given: Any) -> dict[str, Any]:
    """A post as Discourse shows it; numbers grow with time."""
    moment = datetime.fromtimestamp(1_700_000_000 + number * 600).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": number,
        "topic_id": 1 + number // 10,
        "post_number": 1 + number % 10,
        "post_type": 1,
        "user_id": 1 + number % 7,
        "username": f"u{1 + number % 7}",
        "name": "Name",
        "admin": False,
        "moderator": False,
        "trust_level": 1,
        "created_at": moment,
        "updated_at": moment,
        "version": 1,
        "raw": f"text {number}",
        "topic_title": "A title",
        "topic_slug": "a-title",
        "category_id": 1,
        "reads": 3,
        "reply_count": 0,
        "actions_summary": [{"id": 2, "count": 1}],
        **given,
    }


@pytest.fixture(scope="session")
def feed() -> list[tuple[str, dict[str, Any]]]:
    """The real forum's captures: (captured_at, post) in order."""
    path = SHARED / "data" / "discourse-feed" / "delving-2024.jsonl.gz"
    if not path.exists():
        pytest.skip("the recorded forum is not here")
    with gzip.open(path) as lines:
        return [(row["captured_at"], row["post"]) for row in map(msgspec.json.decode, lines)]


@pytest.fixture
def houston() -> Path:
    """The real Slack export."""
    path = SHARED / "data" / "slack-export" / "houston-2015.zip"
    if not path.exists():
        pytest.skip("the recorded export is not here")
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[..., Shelf]:
    """Makes a shelf for a platform."""
    count = iter(range(100))

    def make(platform: str, source: str = "forum") -> Shelf:
        folder = tmp_path / str(next(count))
        folder.mkdir()
        return Shelf(folder, platform, source)

    return make


@pytest.fixture
def new_forum() -> type[Forum]:
    """The forum double; tests import nothing from here."""
    return Forum


@pytest.fixture
def post() -> Callable[..., dict[str, Any]]:
    """Makes posts."""
    return make_post
