"""A small community, a bare client and the official specification, for the tests of the sandbox."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.community import Community, simulate

SHARED = Path(__file__).parents[2].parent / "shared"
# known defects of the document (the README beside it): types looser or tighter than what real forums send
_PLUGINS = ("reactions", "current_user_reaction", "reaction_users_count", "current_user_used_main_reaction",
            "accepted_answer", "action_code")  # fmt: skip


@pytest.fixture(scope="session")
def community() -> Community:
    return simulate(members=120, messages=3000)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the shared data and specifications are not beside this project")
    return SHARED


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5.0) as one:
        yield one


@pytest.fixture(scope="session")
def walk() -> Callable[..., list[dict[str, Any]]]:
    """All posts of /posts.json by `before`, newest first, until an empty page."""

    def pages(base_url: str, **headers: str) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = []
        with httpx.Client(base_url=base_url, headers=headers, timeout=5.0) as client:
            while True:
                query = {"before": posts[-1]["id"]} if posts else {}
                page = client.get("/posts.json", params=query).raise_for_status().json()["latest_posts"]
                if not page:
                    return posts
                posts += page

    return pages


@pytest.fixture(scope="session")
def validate(shared: Path) -> Callable[[str, Any], None]:
    """Check an answer against the official document, its known defects mended."""
    from jsonschema import Draft202012Validator

    document = json.loads((shared / "specs" / "discourse" / "openapi.json").read_text())
    made: dict[str, Draft202012Validator] = {}

    def check(path: str, value: Any) -> None:
        if path not in made:
            answer = document["paths"][path]["get"]["responses"]["200"]
            schema = copy.deepcopy(answer["content"]["application/json"]["schema"])
            _mend(schema)
            made[path] = Draft202012Validator(schema)
        errors = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in made[path].iter_errors(value)]
        assert not errors, "\n".join(errors[:8])

    return check


def _mend(schema: Any) -> None:
    if isinstance(schema, list):
        for part in schema:
            _mend(part)
    if not isinstance(schema, dict):
        return
    known = schema.get("properties", {})
    if "post_number" in known:
        known["reply_to_post_number"] = {"type": ["integer", "null"]}
        known.update({name: {} for name in _PLUGINS})
        like = {"type": "object", "properties": {"id": {"type": "integer"}, "count": {"type": "integer"}}}
        known["actions_summary"] = {"type": "array", "items": like | {"required": ["id"]}}
    if schema.get("type") == "array" and schema.get("minItems") == 1:
        schema["minItems"] = 0  # the page beyond the last is empty
    for part in list(schema.values()):
        _mend(part)
