"""What only Mastodon does: threads, follows, words in HTML, statuses that arrive late, servers that show less."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sources.errors import NotFound, Unauthorized
from sources.mastodon.html import plain
from tests.sources.conformance import events
from tests.sources.mastodon.beds import ME, MastodonBed


def pull(here: Any, bed: MastodonBed, options: dict[str, Any] | None = None, **given: Any) -> Any:
    given = {"transport": bed.transport, "secrets": bed.secrets} | given
    return here.pull(bed.options | (options or {}), bed.now, **given)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>one<br>two</p><p>three &lt;b&gt; &amp; 4</p>", "one\ntwo\n\nthree <b> & 4"),
        (
            '<p><span class="h-card"><a href="https://x.org/@anna" class="u-url mention">'
            "@<span>anna</span></a></span> hi</p>",
            "@anna hi",
        ),
        ('<p><a href="https://x.org/tags/art" class="mention hashtag" rel="tag">#<span>art</span></a></p>', "#art"),
        (
            '<p><a href="https://x.org/a/long/way"><span class="invisible">https://</span>'
            '<span class="ellipsis">x.org/a/long</span><span class="invisible">/way</span></a></p>',
            "https://x.org/a/long/way",
        ),
        ('<p>see <a href="https://x.org/">here</a></p>', "see here (https://x.org/)"),
        ('<p class="quote-inline">RE: <a href="https://x.org/1">https://x.org/1</a></p><p>indeed</p>', "indeed"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("no tags < at all", "no tags < at all"),
        ("<p>unclosed <b", "unclosed <b"),
        ("", ""),
    ],
)
def test_the_words_of_a_status(content: str, text: str) -> None:
    assert plain(content).strip() == text


def test_answers_are_read_with_their_thread_and_found_again(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    first = bed.message("anna", "a question?")
    answer = bed.message("boris", "an answer", first)
    deep = bed.message("anna", "thanks", answer)
    pull(here, bed)
    rows = here.latest("messages")
    assert (rows[answer,]["in_reply_to_id"], rows[deep,]["in_reply_to_id"]) == (first, answer)
    late = bed.message("vera", "me too", deep)
    pull(here, bed)
    assert here.latest("messages")[late,]["in_reply_to_id"] == deep
    contexts = [path for path in bed.transport.asked if path == "context"]
    pull(here, bed)
    assert [path for path in bed.transport.asked if path == "context"] == contexts, "nothing has changed since"
    bed.delete(deep)
    pull(here, bed)
    assert here.latest("messages")[deep,]["is_tombstone"]


def test_a_reblog_is_a_message_of_its_own(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    first = bed.message("boris", "look")
    passed = bed.message("anna", "", passes_on=first)
    pull(here, bed, {"timelines": ["account/anna"]})
    rows = here.latest("messages")
    assert (rows[passed,]["reblog_of_id"], rows[passed,]["account_id"]) == (first, bed.account("anna"))
    assert rows[first,]["account_id"] == bed.account("boris")
    assert ("message", passed, "replies") not in here.latest("counts"), "a reblog has no counters of its own"
    assert here.latest("counts")["message", first, "reblogs"]["value"] == 1


def test_private_messages_are_left_where_they_are(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    secret = bed.message("anna", "between us", visibility="direct")
    kept = bed.message("anna", "for all")
    pull(here, bed, {"timelines": ["account/anna"]})
    assert here.latest("messages").keys() == {(kept,)}
    assert secret not in repr((here.versions, here.rejected))


class TestFollows:
    def test_told_ones_are_exact_and_unfollows_have_an_interval(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        bed.join("anna")
        followed_at = bed.now - timedelta(seconds=1)
        pull(here, bed)
        first = bed.now
        bed.now += timedelta(days=1)
        bed.leave("anna")
        pull(here, bed)
        follow, unfollow = sorted(here.latest("memberships").values(), key=lambda row: row["event"])
        assert (follow["occurred_at"], follow["is_exact"], follow["scope_id"]) == (followed_at, True, ME)
        assert (unfollow["event"], unfollow["is_exact"]) == ("unfollow", False)
        assert (unfollow["occurred_after"], unfollow["occurred_at"]) == (first, bed.now)
        told = [row for row in here.coverage if row["stream"] == "memberships"]
        assert {row["observed_from"] for row in told if not row["reason"]} == {first}
        assert {row["observed_to"] for row in told if "before the first list" in (row["reason"] or "")} == {first}

    def test_an_unfollow_between_two_follows_was_missed_but_is_known(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        bed.join("anna")
        pull(here, bed)
        bed.leave("anna")
        bed.join("anna")
        pull(here, bed)
        rows = here.latest("memberships").values()
        assert sorted(row["event"] for row in rows) == ["follow", "follow", "unfollow"]
        bed.now += timedelta(days=1)
        bed.leave("anna")
        pull(here, bed)
        assert sorted(row["event"] for row in here.latest("memberships").values()).count("unfollow") == 2

    def test_without_notifications_the_first_list_has_no_dates(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        bed.join("anna")
        options = {"accounts": ["lantern"]}
        pull(here, bed, options, secrets={})
        bed.now += timedelta(days=1)
        bed.join("boris")
        pull(here, bed, options, secrets={})
        rows = {row["account_id"]: row for row in here.latest("memberships").values()}
        assert rows[bed.account("anna")]["occurred_at"] is None
        assert rows[bed.account("boris")]["occurred_at"] == bed.now
        assert not any(row["is_exact"] for row in rows.values())
        size = here.size()
        pull(here, bed, options, secrets={})
        assert here.size() == size

    def test_a_hidden_list_proves_nothing(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        bed.join("anna")
        options = {"accounts": ["lantern"]}
        pull(here, bed, options, secrets={})
        bed.social.people[ME].hides_followers = True
        bed.now += timedelta(days=2)
        bed.shown()
        pull(here, bed, options, secrets={})
        assert events(here, bed.account("anna")) == ["join"]
        assert any("are hidden" in (row["reason"] or "") for row in here.coverage)

    def test_a_list_that_breaks_off_proves_nothing(self, shelf: Any) -> None:
        import httpx

        bed, here = MastodonBed(), shelf("mastodon")
        for number in range(90):
            bed.join(f"{chr(97 + number % 26)}{chr(97 + number // 26)}z")
        pull(here, bed)
        bed.now += timedelta(days=2)
        bed.shown()

        def broken(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/followers") and "max_id" in request.url.params:
                return httpx.Response(503)
            return bed.transport.handle_request(request)

        with pytest.raises(Exception, match="the server answers 503"):
            pull(here, bed, transport=httpx.MockTransport(broken))
        assert {row["event"] for row in here.latest("memberships").values()} == {"follow"}


class TestWithoutAToken:
    def test_a_competitors_public_timeline_can_be_read(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        first = bed.message("anna", "hello")
        answer = bed.message("boris", "hi", first)
        bed.react(first, "boris", "favourite")
        pull(here, bed, secrets={})
        assert here.latest("messages").keys() == {(first,), (answer,)}
        assert len(here.latest("reactions")) == 1
        assert here.latest("counts")["community", "", "members"]["value"] == 3
        reasons = {row["stream"]: row["reason"] for row in here.coverage if row["reason"]}
        assert "no account is watched" in reasons["memberships"]
        found = here.connector.check(here.context(bed.options, bed.now, transport=bed.transport))
        assert [one.level for one in found] == ["ok", "ok", "warning", "warning"]

    def test_a_closed_server_says_what_it_wants(self, shelf: Any) -> None:
        bed, here = MastodonBed(is_open=False), shelf("mastodon")
        with pytest.raises(Unauthorized, match="asks for a login: set access_token"):
            pull(here, bed, secrets={})
        pull(here, bed)

    def test_long_threads_are_known_in_part(self, shelf: Any) -> None:
        bed, here = MastodonBed(), shelf("mastodon")
        first = bed.message("anna", "hello")
        for number in range(60):
            bed.message("boris", f"answer {number}", first)
        pull(here, bed, secrets={})
        assert any("answers of a thread" in (row["reason"] or "") for row in here.coverage)


def test_an_account_that_is_not_there_is_named(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    for options in ({"accounts": ["nobody"]}, {"timelines": ["account/nobody"]}):
        with pytest.raises(NotFound, match="knows no @nobody: check `accounts`"):
            pull(here, bed, options)


def test_what_is_no_mastodon_server_says_so(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    with pytest.raises(NotFound, match="speaks Mastodon's API"):
        pull(here, bed, {"base_url": "https://lantern.example/forum"})


def test_statuses_of_other_servers_may_arrive_late(shelf: Any) -> None:
    bed, here, options = MastodonBed(), shelf("mastodon"), {"timelines": ["public"]}
    for number in range(12):
        bed.message("anna", f"message {number}")
    pull(here, bed, options)
    bed.now -= timedelta(hours=3)
    late = bed.message("boris", "sent three hours ago")
    bed.now += timedelta(hours=3)
    bed.shown()
    pull(here, bed, options)
    assert here.latest("messages")[late,]["text"] == "sent three hours ago"


def test_servers_that_know_no_list_of_ids_are_asked_singly(shelf: Any) -> None:
    bed, here = MastodonBed(has_batch=False), shelf("mastodon")
    kept, gone = bed.message("anna", "one"), bed.message("anna", "two")
    pull(here, bed)
    bed.edit(kept, "another")
    bed.delete(gone)
    pull(here, bed)
    assert (bed.text(here, kept), bed.text(here, gone)) == ("another", None)


def test_the_look_back_keeps_to_its_budget_and_goes_round(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    oldest = bed.message("anna", "the first")
    for number in range(130):
        bed.message("anna", f"message {number}")
    pull(here, bed)
    bed.edit(oldest, "rewritten")
    options = {"lookback_requests_per_day": 2}
    requests = []
    while bed.text(here, oldest) == "the first" and len(requests) < 12:
        bed.now += timedelta(days=1)
        bed.shown()
        before = len(bed.transport.asked)
        pull(here, bed, options)
        requests.append(len(bed.transport.asked[before:]))
    assert bed.text(here, oldest) == "rewritten"
    assert 4 <= len(requests) <= 8, "one page of the newest and one further back a day"
    assert max(requests) <= 2 + 6


def test_a_full_read_finds_what_is_gone_whatever_the_budget(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    gone = [bed.message("anna", f"message {number}") for number in range(60)]
    pull(here, bed)
    for message in gone[:45]:
        bed.delete(message)
    pull(here, bed, {"lookback_requests_per_day": 0})
    assert not any(row["is_tombstone"] for row in here.latest("messages").values())
    pull(here, bed, {"lookback_requests_per_day": 0}, full=True)
    assert sum(row["is_tombstone"] for row in here.latest("messages").values()) == 45


def test_nothing_older_than_the_start_is_landed(shelf: Any) -> None:
    bed, here = MastodonBed(), shelf("mastodon")
    old = [bed.message("anna", f"old {number}") for number in range(100)]
    start = bed.now.date() + timedelta(days=1)
    bed.now += timedelta(days=1)
    new = bed.message("anna", "new")
    pull(here, bed, {"start": start.isoformat()})
    assert here.latest("messages").keys() == {(new,)}
    pages = [path for path in bed.transport.asked if path == "public"]
    assert len(pages) < 1 + len(old) // 40, "pages before the start are not asked for"
