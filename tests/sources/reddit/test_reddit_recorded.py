"""Recorded exchanges with the real Reddit, replayed by address, session by session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from sources.errors import BadAnswer, NotFound, SourceError, Unauthorized
from sources.reddit.api import Reddit
from sources.reddit.land import Lander
from tests.sources.recordings import Session, sessions

RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "reddit" / "praw-cassettes.jsonl.gz"
NOW = datetime(2026, 8, 3)
SECRETS = {"client_id": "app", "client_secret": "secret"}


@pytest.fixture(scope="module")
def recorded() -> dict[str, Session]:
    return sessions(RECORDED)


class Replay(httpx.BaseTransport):
    """A session's answers by path and page; `named` maps a path we ask to the one that was recorded."""

    def __init__(self, session: Session, **named: str) -> None:
        self.named, self.asked, self.children = named, list[str](), set[str]()
        token = {"status": 200, "headers": {}, "body": {"access_token": "t", "token_type": "bearer"}}
        self.answers: dict[tuple[str, str], dict[str, Any]] = {("api/v1/access_token", ""): token}
        self.more: list[tuple[set[str], list[Any]]] = []
        for exchange in session:
            url, answer = httpx.URL(exchange["request"]["uri"]), exchange["response"]
            if url.path.startswith("/api/morechildren") and answer["status"] == 200:
                asked = parse_qs(exchange["request"].get("body") or "").get("children", [""])[0]
                self.more.append((set(asked.split(",")), answer["body"]["json"]["data"]["things"]))
            elif "before" not in url.params:
                self.answers.setdefault((url.path.strip("/"), url.params.get("after", "")), answer)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.strip("/")
        self.asked.append(f"{request.url.host}/{path}")
        if path.endswith("morechildren"):
            self.children |= set(parse_qs(request.read().decode())["children"][0].split(","))
            # we ask for many stubs at once, the recorder asked for one after the other
            things = [thing for children, found in self.more if children <= self.children for thing in found]
            self.more = [one for one in self.more if not one[0] <= self.children]
            return httpx.Response(200, json={"json": {"errors": [], "data": {"things": things}}})
        answer = self.answers.get((self.named.get(path, path), request.url.params.get("after", "")))
        if answer is None and path.endswith("about"):
            return httpx.Response(200, json={"kind": "t5", "data": {"display_name": path.split("/")[1]}})
        if answer is None:
            empty = {"kind": "Listing", "data": {"after": None, "children": []}}
            status = 404 if path.startswith("comments/") else 403 if "/about/" in path else 200
            return httpx.Response(status, json=empty)
        body = answer["body"]
        given: dict[str, Any] = {"json": body} if not isinstance(body, str) else {"text": body}
        return httpx.Response(answer["status"], headers=_kept(answer["headers"]), **given)


def _kept(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-type"}


def every(value: Any, kind: str) -> Iterator[dict[str, Any]]:
    """All things of a kind anywhere in an answer, found without our code."""
    if isinstance(value, dict):
        if value.get("kind") == kind and isinstance(value.get("data"), dict):
            yield value["data"]
        for part in value.values():
            yield from every(part, kind)
    elif isinstance(value, list):
        for part in value:
            yield from every(part, kind)


def standing(session: Session, kind: str) -> set[str]:
    """Distinct fullnames of what a session shows and what is no empty shell."""
    shells = ("[deleted]", "[removed]")
    found = [one for exchange in session for one in every(exchange["response"]["body"], kind)]
    return {
        one["name"]
        for one in found
        if not ((one.get("body") or one.get("selftext")) in shells and one["author"] in (None, "[deleted]"))
        and not one.get("removed_by_category")
        and (one.get("body") or one.get("selftext")) != "[removed]"
    }


FORESTS = {
    "TestCommentForest.test_replace__all": "3hahrw",
    "TestCommentForest.test_replace__all_with_comment_limit": "3hahrw",
    "TestCommentForest.test_replace__all_with_comment_sort": "3hahrw",
    "TestCommentForest.test_replace__on_comment_from_submission": "3hahrw",
    "TestCommentForest.test_replace__skip_at_limit": "3hahrw",
    "TestCommentForest.test_replace__skip_below_threshold": "3hahrw",
    "TestMore.test_comments": "3hahrw",
    "TestMore.test_comments__continue_thread_type": "3hahrw",
    "TestSubmission.test_comments": "2gmzqe",
}


@pytest.mark.parametrize("name", FORESTS)
def test_a_tree_is_read_to_its_last_comment(shelf: Any, recorded: dict[str, Session], name: str) -> None:
    """The landed comments are those of the whole session, stubs and continued threads included."""
    session, here = recorded[name], shelf("reddit")
    [submission] = {one["id"]: one for ex in session for one in every(ex["response"]["body"], "t3")}.values()
    listing = {"kind": "Listing", "data": {"after": None, "children": [{"kind": "t3", "data": submission}]}}
    uri = f"https://oauth.reddit.com/r/{submission['subreddit']}/new"
    new = {"request": {"uri": uri}, "response": {"status": 200, "headers": {}, "body": listing}}
    replay = Replay([*session, new])
    here.pull({"subreddits": [submission["subreddit"]]}, NOW, transport=replay, secrets=SECRETS)
    landed = {key for (key,) in here.latest("messages")}
    assert landed - {submission["name"]} == standing(session, "t1")
    assert not here.rejected
    links = [row["link_id"] for row in here.latest("messages").values() if row["link_id"]]
    assert set(links) == {submission["name"]}


def test_all_stubs_of_the_longest_session_are_asked_for(shelf: Any, recorded: dict[str, Session]) -> None:
    session, here = recorded["TestCommentForest.test_replace__all"], shelf("reddit")
    replay, context = Replay(session), here.context({"subreddits": ["funny"]}, NOW)
    context.transport, context.secrets = replay, SECRETS
    with Reddit(context) as reddit:
        levels = list(Lander(reddit, context, None)._levels("t3_3hahrw"))
    stubs = [one.data for level in levels for one in level if one.kind == "more"]
    children = {child for stub in stubs for child in stub["children"]}
    comments = {one.data["id"] for level in levels for one in level if one.kind == "t1"}
    answered = {one["id"] for exchange in session for one in every(exchange["response"]["body"], "t1")}
    assert comments == answered
    assert len(children & comments) > 20, "a stub may name comments that are gone"
    assert not replay.more
    continued = [path for path in replay.asked if "/_/" in path]
    assert len(continued) == len({stub["parent_id"] for stub in stubs if not stub["children"]}) == 6


@pytest.mark.parametrize(
    ("name", "subreddit", "named"),
    [
        ("TestSubredditListings.test_new", "askreddit", {}),
        ("TestSubredditListings.test_hot", "askreddit", {"r/askreddit/new": "r/askreddit/hot"}),
        ("TestSubredditListings.test_comments", "askreddit", {}),
        ("TestSubredditListings.test_controversial", "askreddit", {"r/askreddit/new": "r/askreddit/controversial"}),
        ("TestSubredditStreams.test_submissions", "all", {}),
        ("TestSubredditStreams.test_comments__with_pause", "kakapo", {}),
    ],
)
def test_a_page_of_a_listing_lands_whole(
    shelf: Any, recorded: dict[str, Session], name: str, subreddit: str, named: dict[str, str]
) -> None:
    here, first = shelf("reddit"), recorded[name][1:2]
    here.pull({"subreddits": [subreddit]}, NOW, transport=Replay(first, **named), secrets=SECRETS)
    expected = standing(first, "t3") | standing(first, "t1")
    assert {key for (key,) in here.latest("messages")} == expected
    assert len(expected) > 10
    assert not here.rejected


def test_a_thousand_things_are_read_to_the_last_page_and_said_to_be_all(
    shelf: Any, recorded: dict[str, Session]
) -> None:
    session, here = recorded["TestListingGenerator.test_exhaust_items"], shelf("reddit")
    replay = Replay(session, **{"r/lantern/new": "user/u_ddbf0e"})
    here.pull({"subreddits": ["lantern"]}, NOW, transport=replay, secrets=SECRETS)
    expected = standing(session, "t3") | standing(session, "t1")
    landed = {key for (key,) in here.latest("messages")}
    assert landed == expected
    assert len(expected) > 950
    assert [path for path in replay.asked if path.endswith("lantern/new")] == ["oauth.reddit.com/r/lantern/new"] * 11
    assert any("about a thousand things" in (row["reason"] or "") for row in here.coverage)
    assert {path.partition("/")[0] for path in replay.asked} == {"oauth.reddit.com", "www.reddit.com"}


def test_the_moderation_log_lands(shelf: Any, recorded: dict[str, Session]) -> None:
    session, here = recorded["TestSubredditModeration.test_log"], shelf("reddit")
    first = {**session[1], "response": json.loads(json.dumps(session[1]["response"]))}
    first["response"]["body"]["data"]["after"] = None  # the recorder asked for one page
    here.pull({"subreddits": ["mod"]}, NOW, transport=Replay([first]), secrets=SECRETS)
    entries = list(every(session[1]["response"]["body"], "modaction"))
    assert here.latest("moderation").keys() == {(one["id"],) for one in entries}
    assert not here.rejected
    targets = {row["id"]: row["target_author"] for row in here.latest("moderation").values()}
    assert targets == {one["id"]: one["target_author"] or None for one in entries}


@pytest.mark.parametrize(
    ("name", "index", "kind"),
    [
        ("TestAuthImplicit.test_implicit__with_invalid_token", 0, Unauthorized),
        ("TestInbox.test_message__unauthorized", 1, Unauthorized),
        ("TestSubredditQuarantine.test_opt_in", 1, Unauthorized),
        ("TestRedditors.test_partial_redditors__not_found", 1, NotFound),
        ("TestWikiPage.test_invalid_page", 1, NotFound),
        ("TestSubreddit.test_sticky", 1, BadAnswer),
        ("TestReddit.test_bad_request_without_json_text_html_response", 1, BadAnswer),
        ("TestReddit.test_bad_request_without_json_text_plain_response", 1, BadAnswer),
        ("TestModNotes.test_delete_note__all_notes", 2, SourceError),
    ],
)
def test_recorded_errors_are_one_line_with_a_cure(
    shelf: Any, recorded: dict[str, Session], name: str, index: int, kind: type[SourceError]
) -> None:
    here, exchange = shelf("reddit"), recorded[name][index]
    path = httpx.URL(exchange["request"]["uri"]).path.strip("/")
    replay = Replay([exchange], **{"r/lantern/new": path})
    with pytest.raises(kind) as raised:
        here.pull({"subreddits": ["lantern"]}, NOW, transport=replay, secrets=SECRETS)
    assert "\n" not in str(raised.value)
    assert ";" in str(raised.value)


def test_a_private_subreddit_says_so(shelf: Any, recorded: dict[str, Session]) -> None:
    here, exchange = shelf("reddit"), recorded["TestSubredditQuarantine.test_opt_in"][1]
    with pytest.raises(Unauthorized, match="private, banned, quarantined or misspelt"):
        here.pull(
            {"subreddits": ["ferguson"]},
            NOW,
            transport=Replay([exchange], **{"r/ferguson/about": "r/ferguson/hot"}),
            secrets=SECRETS,
        )
