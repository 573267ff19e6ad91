"""A small Mastodon server, a competitor's, a subreddit and a Telegram group through the whole flow, and once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox import mastodon, reddit
from tests.flows.support import ask, run_muster, write_configuration
from tests.sources.mastodon.beds import ME, TOKEN, MastodonBed
from tests.sources.reddit.beds import SECRET, RedditBed
from tests.sources.telegram_export.beds import TelegramBed

SOURCES = """\
[sources.server]
platform = "mastodon"
base_url = "{server}"

[sources.rival]
platform = "mastodon"
base_url = "{rival}"
role = "competitor"

[sources.sub]
platform = "reddit"
base_url = "{sub}"
login_url = "{sub}"
subreddits = ["lantern"]

[sources.room]
platform = "telegram_export"
path = "{room}"
"""
SECRETS = (
    f'[sources.server]\naccess_token = "{TOKEN}"\n\n[sources.sub]\nclient_id = "the-app"\nclient_secret = "{SECRET}"\n'
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder after two runs; between them answers, a favourite, edits, deletions, an unfollow, a ban."""
    server, rival, sub = MastodonBed(), MastodonBed(), RedditBed()
    for author in ("anna", "boris"):
        server.join(author)
    first, spam = server.message("anna", "shall we meet?"), server.message("vera", "buy now")
    server.message("boris", "gladly", first)
    rival.message("rita", "elsewhere")
    asked = sub.message("anna", "where to meet?")
    advert = sub.message("boris", "cheap lanterns", asked)
    folder = tmp_path_factory.mktemp("small")
    room = TelegramBed(folder)
    room.join("anna")
    chatted = room.message("anna", "is the pier open?")
    noise = room.message("boris", "buy lanterns")
    room.react(chatted, "boris", "👍")
    now = max(server.now, rival.now, sub.now, room.now)
    with (
        mastodon.serve(server.social, now=now, token=TOKEN, me=ME) as own,
        mastodon.serve(rival.social, now=now) as other,
        reddit.serve(sub.subreddit, now=now, client=("the-app", SECRET)) as third,
    ):
        addresses = {
            "server": own.base_url,
            "rival": other.base_url,
            "sub": third.base_url,
            "room": room.options["path"],
        }
        write_configuration(folder, SOURCES.format(**addresses))
        (folder / ".dlt").mkdir()
        (folder / ".dlt" / "secrets.toml").write_text(SECRETS, encoding="utf-8")
        outcome = run_muster(folder, now)
        assert outcome.exit_code == 0, outcome.message
        for bed in (server, sub):
            bed.now = now + timedelta(days=1)
        server.message("vera", "may I come?", first)
        server.react(first, "boris", "favourite")
        server.edit(first, "shall we meet today?")
        server.delete(spam)
        server.leave("boris")
        sub.message("vera", "at the pier", asked)
        sub.delete(advert)
        sub.acted("banuser", "anna", "boris", description="adverts")
        room.now = now + timedelta(days=1)
        room.message("vera", "it is", chatted)
        room.delete(noise)
        room.leave("anna")
        room.message("boris", "good night")
        assert room.options["path"].is_dir()
        own.now = other.now = third.now = now + timedelta(days=2)
        outcome = run_muster(folder, now + timedelta(days=2))
        assert outcome.exit_code == 0, outcome.message
        yield folder


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("server", [("comment", 2, 0, 0), ("post", 2, 1, 1)]),
        ("rival", [("post", 1, 0, 0)]),
        ("sub", [("comment", 2, 1, 0), ("post", 1, 0, 0)]),
        ("room", [("comment", 1, 0, 0), ("post", 3, 1, 0), ("system", 2, 0, 0)]),
    ],
)
def test_messages_stand_in_their_threads(
    published: Path, source: str, expected: list[tuple[str, int, int, int]]
) -> None:
    where = f"from marts.fct_messages where source = '{source}'"
    query = f"select kind, count(*), count(deleted_at), count(edited_at) {where} group by 1 order by 1"
    assert ask(published, query) == expected
    posts = sum(count for kind, count, *_ in expected if kind != "comment")
    assert ask(published, f"select count(distinct thread_key) {where}") == [(posts,)]


def test_follows_favourites_and_words_are_published(published: Path) -> None:
    query = "select event, is_exact, count(*) from marts.fct_memberships group by all order by 1"
    exact = [("follow", True, 2), ("join", True, 1), ("leave", True, 1)]
    assert ask(published, query) == [*exact, ("unfollow", False, 1)]
    dated = "select source, count(*), count(occurred_at) from marts.fct_interactions where kind = 'reaction' group by 1"
    assert ask(published, f"{dated} order by 1") == [("room", 1, 1), ("server", 1, 0)]
    excerpts = {row[0] for row in ask(published, "select excerpt from desk.messages", "desk")}
    assert {"shall we meet today?", "at the pier", "is the pier open?"} <= excerpts


def test_a_competitor_is_measured_but_not_mixed_in(published: Path) -> None:
    scopes = ask(published, "select distinct scope from marts.engagement_daily order by 1")
    assert scopes == [("all",), ("room",), ("server",), ("sub",)]


def test_what_cannot_be_seen_has_its_reason(published: Path) -> None:
    reasons = ask(published, "select distinct source, stream, reason from ops.coverage where reason <> ''")
    assert [source for source, _, reason in reasons if "no account is watched" in reason] == ["rival"]
