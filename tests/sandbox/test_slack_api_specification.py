"""Every answer of the Slack double has the shape the official document demands, its known defects mended.

Defects of the document (see the README beside it) and what real answers have that it, of 2021, lacks: the cursor in
conversations.history and .replies, empty pages, `edited`, `is_locked`, `is_limited`; alternatives written as `items` of
something that is no array; replies and files described more narrowly than they are sent.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.community import Community
from sandbox.slack_api import serve

Validate = Callable[[str, Any], None]
AUTH = {"Authorization": "Bearer xoxb-lantern"}
# sent by real workspaces (their shapes are in the recorded samples), unknown to the document
_MESSAGE = {"edited": {"type": "object"}, "is_locked": {"type": "boolean"}, "hidden": {"type": "boolean"}}
_CURSOR = {"type": "object", "required": ["next_cursor"], "properties": {"next_cursor": {"type": "string"}}}


@pytest.fixture(scope="module")
def validate(shared: Path) -> Validate:
    """Check an answer against the document; 'method' or 'method!' for an error."""
    from jsonschema import Draft4Validator

    document = json.loads((shared / "specs" / "slack" / "slack_web_openapi_v2.json").read_text())
    document["definitions"] = {name: _mended(part) for name, part in document["definitions"].items()}
    document["definitions"]["objs_message"]["properties"] |= _MESSAGE

    def check(method: str, value: Any) -> None:
        kind = "default" if method.endswith("!") else "200"
        answers = document["paths"][f"/{method.rstrip('!')}"]["get"]["responses"]
        schema = _mended(copy.deepcopy(answers[kind]["schema"]))
        if kind == "200":
            _mend_method(method, schema)
        validator = Draft4Validator(schema | {"definitions": document["definitions"]})
        errors = [f"{'/'.join(map(str, e.path))}: {e.message[:300]}" for e in validator.iter_errors(value)]
        assert not errors, "\n".join(errors[:5])

    return check


def _mended(schema: Any) -> Any:
    """`items` with alternatives and no type means one of them, not an array of them; pages may be empty."""
    if isinstance(schema, list):
        return [_mended(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _mended(part) for name, part in schema.items() if name != "minItems"}
    if isinstance(made.get("items"), list) and made.get("type") is None:
        return {"anyOf": made["items"]}
    if made.get("type") == "array" and isinstance(made.get("items"), dict) and isinstance(schema.get("items"), dict):
        inner = schema["items"].get("items")
        if isinstance(inner, list):
            made["items"] = {"anyOf": _mended(inner)}
    return made


def _mend_method(method: str, schema: dict[str, Any]) -> None:
    if method in ("conversations.history", "conversations.replies"):
        schema["properties"] |= {"response_metadata": _CURSOR, "is_limited": {"type": "boolean"}}
        # the document's replies know neither edits, reactions, files nor bots, which are all sent
        schema["properties"]["messages"] = {"type": "array", "items": {"$ref": "#/definitions/objs_message"}}


def ask(client: httpx.Client, double: Any, method: str, **params: Any) -> Any:
    return client.get(f"{double.base_url}/api/{method}", params=params, headers=AUTH).json()


@pytest.mark.parametrize("at", [datetime(2024, 4, 1), datetime(2026, 6, 29)])
def test_every_page_of_every_method(
    community: Community, client: httpx.Client, validate: Validate, at: datetime
) -> None:
    with serve(community, now=at) as double:
        for method, limit in (("auth.test", 1), ("conversations.list", 5), ("users.list", 50)):
            cursor: str | None = ""
            while cursor is not None:
                page = ask(client, double, method, limit=limit, cursor=cursor)
                validate(method, page)
                cursor = page.get("response_metadata", {}).get("next_cursor") or None
        threads = 0
        for channel in ask(client, double, "conversations.list", limit=999)["channels"]:
            validate("conversations.members", ask(client, double, "conversations.members", channel=channel["id"]))
            page = ask(client, double, "conversations.history", channel=channel["id"], limit=200)
            validate("conversations.history", page)
            for opener in [one for one in page["messages"] if one.get("reply_count")][:5]:
                threads += 1
                thread = ask(client, double, "conversations.replies", channel=channel["id"], ts=opener["ts"])
                validate("conversations.replies", thread)
        assert threads > 10


def test_errors_are_slacks_own(community: Community, client: httpx.Client, validate: Validate) -> None:
    with serve(community, scopes=("channels:read",)) as double:
        refused = client.get(f"{double.base_url}/api/auth.test", headers={"Authorization": "Bearer nonsense"}).json()
        validate("auth.test!", refused)
        assert refused["error"] == "invalid_auth"
        channel = next(iter(community.chat.channels))
        lacking = ask(client, double, "conversations.history", channel=channel)
        validate("conversations.history!", lacking)
        assert (lacking["error"], lacking["needed"]) == ("missing_scope", "channels:history")
        validate("conversations.members!", ask(client, double, "conversations.members", channel="C0NOWHERE1"))


def test_the_document_does_refuse_what_slack_would_not_send(
    community: Community, client: httpx.Client, validate: Validate
) -> None:
    with serve(community) as double:
        channel = next(iter(community.chat.channels))
        pages = {
            "conversations.history": ask(client, double, "conversations.history", channel=channel, limit=3),
            "conversations.list": ask(client, double, "conversations.list", limit=3),
            "users.list": ask(client, double, "users.list", limit=3),
        }
    for method, page in pages.items():
        name = next(name for name in ("messages", "channels", "members") if name in page)
        for change in ({"never_heard_of": 1}, {"id": 7, "ts": 7}):
            broken = copy.deepcopy(page)
            broken[name][0] |= change
            with pytest.raises(AssertionError):
                validate(method, broken)
