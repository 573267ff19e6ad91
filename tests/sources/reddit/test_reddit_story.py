"""What only Reddit does: stubs in trees, empty shells, listings that are cut, tokens that expire, a moderation log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sources.door import Door
from sources.errors import Unauthorized
from sources.marks import Keyring
from sources.reddit.records import mentioned
from tests.sources.reddit.beds import SECRET, RedditBed


def pull(here: Any, bed: RedditBed, options: dict[str, Any] | None = None, **given: Any) -> Any:
    given = {"transport": bed.transport, "secrets": bed.secrets} | given
    return here.pull(bed.options | (options or {}), bed.now, **given)


def test_wide_and_deep_trees_are_read_to_the_last_comment(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    first = bed.message("anna", "ask me")
    names = {first}
    for number in range(120):  # more than one request for stubs can name
        names.add(bed.message(f"u{number}", f"answer {number}", first))
    deep = first
    for level in range(12):
        deep = bed.message("boris", f"level {level}", deep)
        names.add(deep)
    bed.face.cap = 10  # the listing of comments shows the newest only: the tree has to tell
    pull(here, bed)
    assert {key for (key,) in here.latest("messages")} == names
    rows = here.latest("messages")
    assert rows[deep,]["parent_id"] != first == rows[deep,]["link_id"]
    trees = [path for path in bed.transport.asked if path not in ("new", "comments")]
    pull(here, bed)
    assert len([path for path in bed.transport.asked if path not in ("new", "comments")]) <= len(trees) + 6


def test_an_empty_shell_is_gone_and_nothing_where_nothing_was_known(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    first = bed.message("anna", "ask me")
    kept, unseen = bed.message("boris", "here", first), bed.message("vera", "gone before", first)
    bed.delete(unseen)
    pull(here, bed)
    assert (unseen,) not in here.latest("messages")
    bed.delete(kept)
    pull(here, bed)
    row = here.latest("messages")[kept,]
    assert (row["is_tombstone"], row["deleted_at"]) == (True, bed.now)
    size = here.size()
    bed.now += timedelta(days=1)
    bed.shown()
    pull(here, bed)
    assert here.size() == size, "it is said once"


def test_what_a_moderator_removes_and_approves_again(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    first = bed.message("anna", "ask me")
    answer = bed.message("boris", "buy now", first)
    pull(here, bed)
    bed.acted("removecomment", "anna", answer, details="spam")
    bed.subreddit.posts[answer].removed_at = bed.tick()
    bed.shown()
    pull(here, bed)
    assert here.latest("messages")[answer,]["is_tombstone"]
    [entry] = here.latest("moderation").values()
    assert (entry["action"], entry["mod"], entry["target_author"], entry["target_fullname"]) == (
        *("removecomment", "anna", "boris", answer),
    )
    bed.subreddit.posts[answer].removed_at = 1 << 62
    bed.acted("approvecomment", "anna", answer)
    bed.message("vera", "so?", first)  # the tree is read again when it has grown
    pull(here, bed)
    assert bed.text(here, answer) == "buy now"
    assert len(here.latest("moderation")) == 2


def test_what_is_purged_leaves_no_shell_and_is_gone(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    first = bed.message("anna", "ask me")
    pull(here, bed)
    bed.subreddit.posts[first].purged_at = bed.tick()
    bed.shown()
    pull(here, bed)
    assert here.latest("messages")[first,]["is_tombstone"]


def test_a_closed_account_leaves_its_words_without_its_name(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    first = bed.message("anna", "still here")
    bed.subreddit.posts[first].author = "[deleted]"
    pull(here, bed)
    row = here.latest("messages")[first,]
    assert (row["author"], row["body"]) == (None, "still here")
    assert not here.latest("accounts")


def test_a_listing_that_is_cut_leaves_a_hole_with_its_reason(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reddit.walk.CAP", 30)
    bed, here = RedditBed(), shelf("reddit")
    bed.face.cap = 40
    bed.message("anna", "the first")
    pull(here, bed)
    first_pull = bed.now
    assert [row["reason"] for row in here.coverage if row["stream"] == "messages" and row["reason"]] == []
    for number in range(60):
        bed.message("anna", f"message {number}")
    pull(here, bed)
    holes = [row for row in here.coverage if row["stream"] == "messages" and row["reason"]]
    assert len(holes) == 1
    oldest = bed.now - timedelta(minutes=10 * 39, seconds=1)
    assert holes[0]["observed_from"] <= first_pull
    assert holes[0]["observed_to"] == oldest
    stated = [row for row in here.coverage if row["stream"] == "messages" and not row["reason"]]
    assert stated[-1]["observed_from"] == oldest, "a statement that spans the hole would hide it"
    bed.message("anna", "once more")
    pull(here, bed)
    stated = [row for row in here.coverage if row["stream"] == "messages" and not row["reason"]]
    assert stated[-1]["observed_from"] > oldest


def test_an_expired_token_is_taken_anew_within_a_run(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    for number in range(3):
        bed.message("anna", f"message {number}")
    logins = list[str]()

    def hasty(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/new"):  # an hour passes
            bed.face.given_at -= 3600 * 1_000_000 if len(logins) == 1 else 0
        if request.url.path.endswith("access_token"):
            logins.append(request.headers["authorization"][:5])
        return bed.transport.handle_request(request)

    pull(here, bed, transport=httpx.MockTransport(hasty))
    assert len(here.latest("messages")) == 3
    assert logins == ["Basic", "Basic"]


@pytest.mark.parametrize("secrets", [{}, {"client_id": "the-app", "client_secret": "wrong"}])
def test_without_an_app_the_cure_is_named(shelf: Any, secrets: dict[str, str]) -> None:
    bed, here = RedditBed(), shelf("reddit")
    with pytest.raises(Unauthorized, match="set client_id and client_secret") as raised:
        pull(here, bed, secrets=secrets)
    assert SECRET not in str(raised.value)


def test_without_the_log_the_reason_is_said(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    bed.face.has_log = False
    bed.message("anna", "hello")
    pull(here, bed)
    reasons = [row["reason"] for row in here.coverage if row["stream"] == "moderation"]
    assert ["for moderators" in str(reason) for reason in reasons] == [True]
    given = {"secrets": bed.secrets, "transport": bed.transport}
    found = here.connector.check(here.context(bed.options, bed.now, **given))
    assert [one.level for one in found] == ["ok", "warning"]
    assert "modlog" in found[1].text


def test_audience_is_counted_and_moderators_are_staff(shelf: Any) -> None:
    bed, here = RedditBed(), shelf("reddit")
    bed.message("anna", "hello")
    bed.message("boris", "hi")
    pull(here, bed)
    assert here.latest("counts")["channel", "lantern", "followers"]["value"] == 12
    assert {key[0]: row["is_moderator"] for key, row in here.latest("accounts").items()} == {
        "anna": True,
        "boris": False,
    }


def test_names_in_texts_are_found_and_hidden(shelf: Any) -> None:
    text = "u/boris and /u/vera-99, see https://www.reddit.com/u/nobody"
    assert mentioned({"name": "t1_a", "body": text}) == ["boris", "vera-99"]
    bed, here = RedditBed(), shelf("reddit")
    bed.message("boris", text)
    keys = Keyring(b"k" * 32)
    streams = {stream.name: stream for stream in here.connector.streams}
    door = Door("forum", streams, keys, pseudonymize=True)
    here.land(bed.options, bed.now, transport=bed.transport, secrets=bed.secrets, treat=door.treat, keep_payload=False)
    [row] = here.latest("messages").values()
    assert row["author"] == keys.pseudonym("boris")
    for name in ("boris", "vera-99"):
        assert name not in repr(here.versions)
