"""Answers of any shape end in rows, rejects or a one-line error: never in a traceback."""

from __future__ import annotations

import json
from datetime import datetime
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
TS = st.sampled_from(["1704100000.000100", "1704100001.000200", "9999999999.000000", "x"])
NAMES = st.sampled_from(["U1", "B1", "wave"])


def shaped(**fields: Any) -> st.SearchStrategy[Any]:
    """Objects with Slack's own keys, each with its usual kind of value or with anything."""
    return ANYTHING | st.fixed_dictionaries({}, optional={name: kind | ANYTHING for name, kind in fields.items()})


MESSAGE = shaped(
    ts=TS,
    user=NAMES,
    bot_id=NAMES,
    text=st.text(max_size=5),
    subtype=st.sampled_from(["channel_join", "tombstone", "bot_message"]),
    thread_ts=TS,
    reply_count=st.integers(0, 2),
    latest_reply=TS,
    reactions=st.lists(shaped(name=NAMES, users=st.lists(NAMES, max_size=2), count=st.integers(0, 3)), max_size=2),
)
CHANNEL = st.fixed_dictionaries({"id": st.just("C1"), "name": st.just("general")}) | shaped(
    id=st.just("C2"), name=NAMES, num_members=st.integers(0, 3), is_member=st.booleans(), is_archived=st.booleans()
)
ERRORS = st.sampled_from(["not_in_channel", "thread_not_found", "missing_scope", "invalid_auth", "internal_error"])
KNOWN = {
    "messages": [("C1", "1704100000.000100", "1704100001.000200"), ("C1", "1704100000.000100", "1704100000.000100")],
    "reactions": [("C1", "1704100000.000100", "wave", "U1")],
    "memberships": [("U1", "channel", "C1", "join", NOW)],
    "accounts": [("U1",)],
}


def answers(name: str, item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    metadata = shaped(next_cursor=st.sampled_from(["", "a", "b"]))
    fine = st.fixed_dictionaries(
        {"ok": st.just(True), name: st.lists(item, max_size=3)},
        optional={"has_more": st.booleans() | ANYTHING, "is_limited": st.booleans(), "response_metadata": metadata},
    )
    return fine | fine | st.fixed_dictionaries({"ok": st.just(False), "error": ERRORS}) | ANYTHING


def drain(connector: Any, context: Context) -> None:
    """Reads to the end; every record must land or be rejected."""
    said = ""
    try:
        for item in connector.read(context):
            if isinstance(item, Page):
                table, rejected = to_table(connector.stream(item.stream), item.records, None, Stamp("s", "r", NOW))
                assert table.num_rows + len(rejected) == len(item.records)
    except SourceError as error:
        said = str(error)
    assert "\n" not in said


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    answers("channels", CHANNEL), answers("messages", MESSAGE), answers("messages", MESSAGE),
    answers("members", shaped(id=NAMES, name=NAMES)), answers("members", NAMES | ANYTHING), st.booleans(),
)  # fmt: skip
def test_any_answer(channels: Any, history: Any, replies: Any, users: Any, members: Any, is_second: bool) -> None:
    told = {"conversations.list": channels, "conversations.history": history, "conversations.replies": replies}
    told |= {"users.list": users, "conversations.members": members}
    connector = registry.get("slack")

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(told[request.url.path.rpartition("/")[2]]).encode())

    def known(name: str) -> pa.Table:
        table = to_table(connector.stream(name), [], None, Stamp("s", "r", NOW))[0]
        keys = connector.stream(name).key
        rows = [dict(zip(keys, row, strict=True)) for row in KNOWN.get(name, [])] if is_second else []
        return pa.Table.from_pylist(rows, pa.schema([table.schema.field(key) for key in keys]))

    state = {"channels": {"C1": {"mark": "1704100001.000200"}}} if is_second else {}
    context = Context(
        "s", connector.options(max_requests=60), {"token": "t"}, state, known, NOW, "r",
        sleep=lambda seconds: None, transport=httpx.MockTransport(answer),
    )  # fmt: skip
    drain(connector, context)
    json.dumps(context.state)
