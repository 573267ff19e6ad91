"""The requests Reddit is asked, and the checks that its answers have the expected shape."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sources.connector import Context
from sources.errors import BadAnswer, NotFound, SourceError, Unauthorized
from sources.http import Client, Limits, decode
from sources.reddit.records import Record

T = TypeVar("T")
PAGE = 100  # what a listing gives at most, and what /api/info and /api/morechildren take
TREE = 2048
_RAW = {"raw_json": 1}  # or texts would come with &amp;


class NoLogin(Unauthorized):
    """The app itself is not let in."""


class Thing(NamedTuple):
    """A kind (t1 comment, t3 submission, t5 subreddit, modaction, more) and its data."""

    kind: str
    data: Record


class Listing(NamedTuple):
    """A page of things, and the fullname the next one begins after; None after the last."""

    things: list[Thing]
    after: str | None


class Reddit:
    """Reddit as seen with one app's credentials; a token is taken when it is needed and again when it has expired."""

    def __init__(self, context: Context) -> None:
        """Opens no connection yet."""
        self.context, self._http = context, None

    _http: Client | None

    def __enter__(self) -> Reddit:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        if self._http:
            self._http.__exit__()

    def listing(self, path: str, **params: Any) -> Listing:
        """A page of a listing."""
        return self._ask(path, {"limit": PAGE, **params}, _listing)

    def pages(self, path: str) -> Iterator[Listing]:
        """A listing's pages, to the last; about a thousand things are the most there is."""
        after, seen = None, set[str]()
        while True:
            page = self.listing(path, **({"after": after} if after else {}))
            yield page
            if page.after is None:
                return
            if page.after in seen:
                raise self.endless(path)
            seen.add(after := page.after)

    def about(self, subreddit: str) -> Record:
        """What a subreddit says of itself."""
        try:
            return self._ask(f"r/{subreddit}/about", {}, _about)
        except NoLogin:
            raise
        except (Unauthorized, NotFound) as error:
            cure = f"r/{subreddit} is private, banned, quarantined or misspelt: ask its moderators, or take it out"
            raise type(error)(error.source, error.place, error.problem, cure) from None

    def moderators(self, subreddit: str) -> frozenset[str]:
        """Who moderates; nobody where that is not shown."""
        try:
            return self._ask(f"r/{subreddit}/about/moderators", {}, _names)
        except (Unauthorized, NotFound):
            return frozenset()

    def info(self, names: Sequence[str]) -> Listing:
        """Things by their fullnames, at most PAGE."""
        return self._ask("api/info", {"id": ",".join(names)}, _listing)

    def tree(self, link: str, parent: str | None = None) -> list[Thing]:
        """A submission's comments, or those under one comment, as nested things."""
        path = f"comments/{link}" + (f"/_/{parent}" if parent else "")
        return self._ask(path, {"limit": TREE, "sort": "old"}, _tree)

    def more(self, link: str, children: Sequence[str]) -> list[Thing]:
        """Comments a tree has left out, flat."""
        form = {"api_type": "json", "link_id": link, "children": ",".join(children), "sort": "old"}
        return self._ask("api/morechildren", {}, _more, form)

    def _ask(
        self, path: str, params: Mapping[str, Any], parse: Callable[[Any], T], form: Mapping[str, Any] | None = None
    ) -> T:
        """An answer; a token that has expired is taken anew, once."""
        for is_last in (False, True):
            client = self._client()  # may raise NoLogin, which says enough
            try:
                return client.ask(path, {**params, **_RAW}, lambda answer: parse(decode(answer.body)), form=form)
            except Unauthorized as error:
                if is_last or "(401)" not in error.problem:
                    raise self.refused(error) from None
                client.__exit__()
                self._http = None
        raise AssertionError  # pragma: no cover

    def _client(self) -> Client:
        if self._http is None:
            self._http = self._open(self.context.options.base_url, {"Authorization": f"Bearer {self._token()}"})
        return self._http

    def _token(self) -> str:
        """An access token for an hour: the account's a refresh token stands for, or the app's own."""
        secrets = self.context.secrets
        pair = f"{secrets.get('client_id', '')}:{secrets.get('client_secret', '')}"
        form = {"grant_type": "client_credentials"}
        if token := secrets.get("refresh_token"):
            form = {"grant_type": "refresh_token", "refresh_token": token}
        if not secrets.get("client_id"):
            raise self._wrong("there is no client_id")
        headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        with self._open(self.context.options.login_url, headers) as login:
            try:
                answer = login.ask("api/v1/access_token", None, lambda answer: dict(decode(answer.body)), form=form)
            except Unauthorized as error:
                raise self._wrong(error.problem) from None
        if not isinstance(answer.get("access_token"), str):
            raise self._wrong("the login gives no token")
        return str(answer["access_token"])

    def _open(self, base_url: str, headers: Mapping[str, str]) -> Client:
        context, options = self.context, self.context.options
        return Client(
            context.source,
            base_url,
            headers=headers,
            limits=Limits(max_requests=options.max_requests, timeout=options.timeout),
            meter=context.meter,
            sleep=context.sleep,
            transport=context.transport,
        )

    def _wrong(self, problem: str) -> NoLogin:
        cure = "make an app of the kind 'script' at Reddit and set client_id and client_secret"
        return NoLogin(self.context.source, self.context.options.login_url, problem, cure)

    def refused(self, error: SourceError) -> Unauthorized:
        """A refusal with its cure."""
        cure = "the app's account may not see this: check the secrets, or ask the subreddit's moderators"
        return Unauthorized(error.source, error.place, error.problem, cure)

    def endless(self, path: str) -> BadAnswer:
        """The error for a listing that does not end."""
        problem, cure = "it sends the same page again", "its pages would never end; run again later"
        return BadAnswer(self.context.source, path, problem, cure)


def things(children: Any) -> list[Thing]:
    """The things of a listing's children."""
    if not isinstance(children, list):
        raise ValueError("not a list of things")
    return [Thing(str(child["kind"]), dict(child["data"])) for child in children]


def _listing(answer: Any) -> Listing:
    data = answer["data"]
    after = data.get("after")
    return Listing(things(data["children"]), str(after) if after else None)


def _about(answer: Any) -> Record:
    if answer["kind"] != "t5":
        raise ValueError("not a subreddit")
    return dict(answer["data"])


def _names(answer: Any) -> frozenset[str]:
    return frozenset(str(one["name"]) for one in answer["data"]["children"])


def _tree(answer: Any) -> list[Thing]:
    listed = things(answer[1]["data"]["children"])
    return [*things(answer[0]["data"]["children"]), *listed]


def _more(answer: Any) -> list[Thing]:
    return things(answer["json"]["data"]["things"])
