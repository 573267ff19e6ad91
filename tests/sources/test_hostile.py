"""Answers and files of any shape end in rows, rejects or a one-line error: never in a traceback."""

from __future__ import annotations

import json
import tempfile
import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources import registry
from sources.connector import Context, Page
from sources.errors import SourceError
from sources.streams import Stamp, to_table

NOW = datetime(2024, 6, 1)
SCALAR = st.none() | st.booleans() | st.integers(-3, 2**64) | st.floats(allow_nan=False) | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALAR, lambda some: st.lists(some, max_size=2) | st.dictionaries(st.text(max_size=2), some, max_size=2)
)


def shaped(**fields: Any) -> st.SearchStrategy[Any]:
    """Objects with the platform's own keys, each with its usual kind of value or with anything."""
    return ANYTHING | st.fixed_dictionaries({}, optional={name: kind | ANYTHING for name, kind in fields.items()})


TS = st.sampled_from(["1704100000.000100", "1704100001.000200", "9999999999.000000", "x"])
NAMES = st.sampled_from(["U1", "B1", "wave"])
REACTION = shaped(name=NAMES, users=st.lists(NAMES, max_size=2), count=st.integers(0, 3))
MESSAGE = shaped(
    ts=TS,
    user=NAMES,
    bot_id=NAMES,
    username=NAMES,
    text=st.text(max_size=5),
    subtype=st.sampled_from(["channel_join", "file_comment", "tombstone", "bot_message"]),
    reactions=st.lists(REACTION, max_size=2),
    edited=shaped(ts=TS),
    comment=shaped(user=NAMES),
    user_profile=shaped(name=NAMES),
)
USER = shaped(id=NAMES, name=NAMES, profile=shaped(email=st.text(max_size=5)), updated=st.integers(0, 9))
CHANNEL = shaped(id=NAMES, name=st.just("general"), members=st.lists(NAMES, max_size=2))
ACTION = shaped(id=st.just(2), count=st.integers(0, 9))
POST = shaped(
    id=st.integers(1, 60),
    user_id=st.integers(1, 3),
    created_at=st.just("2024-01-01T00:00:00Z"),
    raw=st.text(max_size=5),
    actions_summary=st.lists(ACTION, max_size=2),
)
CATEGORY = shaped(id=st.integers(1, 3), subcategory_ids=st.lists(st.integers(1, 3), max_size=1))
ADMIN = shaped(id=st.integers(1, 9), created_at=st.just("2024-01-01T00:00:00Z"))


def drain(platform: str, options: dict[str, Any], **given_: Any) -> None:
    """Reads a source to its end; every record must land or be rejected."""
    connector = registry.get(platform)

    def known(name: str) -> pa.Table:
        return to_table(connector.stream(name), [], None, Stamp("s", "r", NOW))[0]

    arguments: dict[str, Any] = {"secrets": {"api_key": "k"}, "state": {}, "known": known, "now": NOW, "run_id": "r"}
    context = Context("s", connector.options(**options), **arguments, **given_)
    with suppress(SourceError):
        for item in connector.read(context):
            if isinstance(item, Page):
                table, rejected = to_table(connector.stream(item.stream), item.records, None, Stamp("s", "r", NOW))
                assert table.num_rows + len(rejected) == len(item.records)
    json.dumps(context.state)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MESSAGE, max_size=4) | ANYTHING, st.lists(USER, max_size=2), st.lists(CHANNEL, min_size=1, max_size=2))
def test_any_export(messages: Any, users: Any, channels: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "e.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("users.json", json.dumps(users))
            archive.writestr("channels.json", json.dumps([*channels, {"id": "C1", "name": "general"}]))
            archive.writestr("general/2024-01-01.json", json.dumps(messages))
        drain("slack_export", {"path": path, "bridge_bots": ["B1"]})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(POST, max_size=4) | ANYTHING, st.lists(CATEGORY, max_size=2), st.lists(ADMIN, max_size=2), ANYTHING)
def test_any_forum(posts: Any, categories: Any, users: Any, other: Any) -> None:
    answers = {
        "/posts.json": {"latest_posts": posts},
        "/categories.json": {"category_list": {"categories": categories}},
        "/admin/users/list/active.json": users,
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(answers.get(request.url.path, other)).encode())

    options = {"base_url": "https://forum.test", "max_requests": 200}
    drain("discourse", options, transport=httpx.MockTransport(answer), sleep=lambda seconds: None)
