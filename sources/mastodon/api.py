"""The requests a Mastodon server is asked, and the checks that its answers have the expected shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from sources.connector import Context
from sources.errors import BadAnswer, NotFound, SourceError, Unauthorized
from sources.http import Client, Limits

Items = tuple[list[Any], list[bytes]]
BATCH = 20  # the most ids one request may name
NO_TOKEN_ANSWERS = 60  # the most answers of a thread a server shows without a token


class Answer(NamedTuple):
    """A page of a list, each item with its exact JSON text, and the link to the next page."""

    found: list[Any]
    payloads: list[bytes]
    following: str | None = None


class Server:
    """One server as seen with one access token (or none)."""

    def __init__(self, context: Context) -> None:
        """Opens no connection yet."""
        options = context.options
        token = context.secrets.get("access_token", "")
        self.context, self.has_token, self._has_batch = context, bool(token), True
        self.http = Client(
            context.source,
            options.base_url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            limits=Limits(max_requests=options.max_requests, timeout=options.timeout),
            meter=context.meter,
            sleep=context.sleep,
            transport=context.transport,
        )

    def __enter__(self) -> Server:
        """The server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.http.__exit__()

    def instance(self) -> dict[str, Any]:
        """What the server states of itself; the first request, so the one that says what is wrong with the address."""
        try:
            return self.http.read("api/v1/instance", None, _object)
        except NotFound as error:
            cure = "set base_url to the address of a server that speaks Mastodon's API"
            raise NotFound(error.source, error.place, error.problem, cure) from None
        except Unauthorized as error:
            raise self.refused(error) from None

    def me(self) -> dict[str, Any]:
        """The account the token belongs to."""
        try:
            return self.http.read("api/v1/accounts/verify_credentials", None, _object)
        except Unauthorized as error:
            raise self.refused(error) from None

    def lookup(self, acct: str) -> dict[str, Any]:
        """The account of a handle."""
        try:
            return self.http.read("api/v1/accounts/lookup", {"acct": acct}, _object)
        except NotFound as error:
            cure = f"the server knows no @{acct}: check `accounts` and `timelines`"
            raise NotFound(error.source, error.place, error.problem, cure) from None

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Answer]:
        """The pages of a list, by their Link header, to the last."""
        following: str | None = path
        seen = set[str]()
        while following:
            (found, payloads), link = self.http.linked(following, params, _list)
            yield Answer(found, payloads, link)
            if link in seen:
                raise self.endless(path)
            seen.add(link or "")
            following, params = link, None

    def statuses(self, ids: Sequence[str]) -> Answer:
        """Those of the statuses (at most BATCH) still shown; servers that know no such list are asked singly."""
        if self._has_batch:
            try:
                found, payloads = self.http.read("api/v1/statuses", {"id[]": list(ids)}, _list)
                return Answer(found, payloads)
            except (NotFound, BadAnswer):
                self._has_batch = False
        answers = [answer for one in ids if (answer := self.status(one))]
        return Answer([a.found[0] for a in answers], [a.payloads[0] for a in answers])

    def status(self, message_id: str) -> Answer | None:
        """A status by itself; None if it is gone."""
        return self._unless_gone(f"api/v1/statuses/{quote(message_id, safe='')}", _one)

    def context_of(self, message_id: str) -> Answer | None:
        """What a status answers and all that answers it; None if it is gone."""
        return self._unless_gone(f"api/v1/statuses/{quote(message_id, safe='')}/context", _thread)

    def _unless_gone(self, path: str, parse: Callable[[bytes], Items]) -> Answer | None:
        try:
            found, payloads = self.http.read(path, None, parse)
        except NotFound:
            return None
        return Answer(found, payloads)

    def refused(self, error: SourceError) -> Unauthorized:
        """A refusal with its cure."""
        cure = (
            "make a new access_token, with the scope 'read'"
            if self.has_token
            else "the server asks for a login: set access_token"
        )
        return Unauthorized(error.source, error.place, error.problem, cure)

    def endless(self, path: str) -> BadAnswer:
        """The error for a server whose pages do not end."""
        problem, cure = "it sends the same page again", "its pages would never end; check what stands before the server"
        return BadAnswer(self.context.source, path, problem, cure)


def _list(body: bytes) -> Items:
    """Items and their payloads; half an emoji makes the fast decoder refuse, the slow one reads it."""
    try:
        return _decoded(msgspec.json.decode(body, type=list[msgspec.Raw]))
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return _listed(json.loads(body))


def _one(body: bytes) -> Items:
    return _listed([_object(body)])


def _thread(body: bytes) -> Items:
    thread = _object(body)
    return _listed([*thread["ancestors"], *thread["descendants"]])


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _decoded(raws: list[msgspec.Raw]) -> Items:
    return [msgspec.json.decode(raw) for raw in raws], [bytes(raw) for raw in raws]


def _listed(found: Any) -> Items:
    if not isinstance(found, list):
        raise ValueError("not a list")
    return found, [as_json(one) for one in found]


def as_json(item: Any) -> bytes:
    """An item's JSON text, where its exact bytes are not at hand."""
    return json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")
