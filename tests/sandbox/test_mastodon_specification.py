"""Every answer of the Mastodon double has the shape the API description demands."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.mastodon import serve
from sandbox.mastodon_state import Follow
from tests.sources.mastodon.beds import ME, TOKEN, MastodonBed

Validate = Callable[[str, Any], None]
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def validate(shared: Path) -> Validate:
    """Check an answer against the document: 'path' or 'path!401' for an error."""
    from jsonschema import Draft202012Validator

    document = json.loads((shared / "specs" / "mastodon" / "schema.json").read_text(encoding="utf-8"))

    def check(path: str, value: Any) -> None:
        path, _, status = path.partition("!")
        answer = document["paths"][f"/api/v1/{path}"]["get"]["responses"][status or "200"]
        schema = answer["content"]["application/json"]["schema"]
        validator = Draft202012Validator(schema | {"components": document["components"]})
        errors = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator.iter_errors(value)]
        assert not errors, "\n".join(errors[:8])

    return check


@pytest.fixture(scope="module")
def bed() -> MastodonBed:
    """A server where all that can be shown has happened."""
    bed = MastodonBed()
    bed.join("anna")
    bed.person("boris", "boris@elsewhere.example")
    first = bed.message("anna", "hello @lantern , see\n#music https://example.org/\n\nwho comes?")
    answer = bed.message("boris", "me & you <3", first)
    bed.message("anna", "fine", answer)
    bed.message("anna", "", passes_on=first)
    bed.react(first, "boris", "favourite")
    bed.edit(first, "hello, #music")
    for number in range(45):
        bed.message("anna", f"more {number}")
    bed.social.follows.append(Follow(99, ME, bed.account("anna"), 0))
    bed.social.people[ME].roles = ("Owner",)
    return bed


@pytest.fixture(scope="module")
def ask(bed: MastodonBed) -> Iterator[Callable[..., httpx.Response]]:
    with serve(bed.social, now=bed.now, token=TOKEN, me=ME) as double, httpx.Client(timeout=5.0) as client:

        def get(path: str, params: Any = None, headers: Any = AUTH) -> httpx.Response:
            url = path if "://" in path else f"{double.base_url}/api/v1/{path}"
            return client.get(url, params=params, headers=headers)

        yield get


PATHS = (
    ("instance", "instance"),
    ("timelines/public", "timelines/public"),
    ("timelines/home", "timelines/home"),
    ("timelines/tag/music", "timelines/tag/{hashtag}"),
    ("accounts/verify_credentials", "accounts/verify_credentials"),
    ("accounts/lookup?acct=anna", "accounts/lookup"),
    (f"accounts/{ME}/followers", "accounts/{id}/followers"),
    (f"accounts/{ME}/statuses", "accounts/{id}/statuses"),
    ("notifications?types[]=follow", "notifications"),
    ("statuses?id[]={first}", "statuses"),
    ("statuses/{first}", "statuses/{id}"),
    ("statuses/{first}/context", "statuses/{id}/context"),
    ("statuses/{first}/favourited_by", "statuses/{id}/favourited_by"),
)


@pytest.mark.parametrize(("path", "described"), PATHS)
def test_every_answer(
    ask: Callable[..., httpx.Response], bed: MastodonBed, validate: Validate, path: str, described: str
) -> None:
    answer = ask(path.format(first=min(bed.social.toots)))
    assert answer.status_code == 200
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= answer.headers.keys()
    assert answer.json() or path == f"accounts/{ME}/statuses", "nothing to check"
    validate(described, answer.json())


def test_pages_lead_to_a_last_one(ask: Callable[..., httpx.Response], bed: MastodonBed, validate: Validate) -> None:
    ids, answer = list[str](), ask("timelines/public", {"local": "true", "limit": 20})
    while True:
        validate("timelines/public", answer.json())
        ids += [one["id"] for one in answer.json()]
        if "next" not in answer.links:
            break
        answer = ask(answer.links["next"]["url"])
    assert ids == sorted(ids, key=int, reverse=True)
    assert len(ids) == len(set(ids)) == 46, "answers to others and reblogs are in no public timeline"


@pytest.mark.parametrize(
    ("path", "headers", "described"),
    [
        ("timelines/home", {}, "timelines/home!401"),
        ("notifications", {"Authorization": "Bearer nonsense"}, "notifications!401"),
        ("statuses/7", {}, "statuses/{id}!404"),
        ("accounts/lookup?acct=nobody", {}, "accounts/lookup!404"),
    ],
)
def test_errors_are_mastodons_own(
    ask: Callable[..., httpx.Response], validate: Validate, path: str, headers: Any, described: str
) -> None:
    answer = ask(path, headers=headers)
    assert answer.status_code == int(described.partition("!")[2])
    validate(described, answer.json())


def test_the_document_does_refuse_what_mastodon_would_not_send(
    ask: Callable[..., httpx.Response], validate: Validate
) -> None:
    for change in ({"id": 7}, {"account": None}, {"replies_count": "3"}):
        broken = copy.deepcopy(ask("timelines/public").json())
        broken[0] |= change
        with pytest.raises(AssertionError):
            validate("timelines/public", broken)
