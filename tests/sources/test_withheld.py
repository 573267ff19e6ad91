"""What each connector cannot see is said, with the cure: by `check` before a run, in coverage after it, and again.

Every case withholds one permission from a bed. A hole that one run states must not be called observed by the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources import registry
from sources.errors import SourceError
from tests.sources.files.test_files_conformance import FilesBed
from tests.sources.slack.beds import GENERAL
from tests.sources.withheld import (
    Exported,
    Make,
    discourse,
    mastodon,
    mastodon_hidden,
    matrix,
    matrix_encrypted,
    matrix_hidden,
    matrix_refused,
    reddit,
    slack,
    slack_without_lists,
    telegram_of_one,
)


@dataclass
class Case:
    """A bed from which something is withheld; what is said of it by stream, and by the check; what lands nowhere."""

    make: Make
    said: Mapping[str, str]
    cure: str
    check: str | None = None
    given: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def arguments(self, bed: Any) -> dict[str, Any]:
        """Secrets and transport of a bed, less what is withheld."""
        return {"secrets": bed.secrets, "transport": getattr(bed, "transport", None)} | self.given


CASES = {
    "discourse without a key": Case(
        discourse(),
        {"memberships": "no api_key: only people who post are seen", "moderation": "what moderators do is not seen"},
        "set the api_key and api_username of an admin",
        "no api_key",
        {"secrets": {}},
        absent=("memberships", "moderation"),
    ),
    "discourse with a key that is nobody's of staff": Case(
        discourse("/admin/"),
        {"memberships": "may not read the member list", "moderation": "not an admin's or moderator's"},
        "use an admin's key",
        "may not read the member list",
        absent=("memberships", "moderation"),
    ),
    "discourse without the staff log": Case(
        discourse("/admin/logs/"),
        {"moderation": "removals, suspensions, silences and locks are not seen"},
        "use an admin's key with the global scope 'read'",
        "the staff log cannot be read",
    ),
    "discourse without the review queue": Case(
        discourse("/review"),
        {"moderation": "flags are not seen"},
        "use an admin's key with the global scope 'read'",
        "the review queue cannot be read",
    ),
    "discourse without its totals": Case(
        discourse("/about.json"),
        {"counts": "does not show its own totals"},
        "use an admin's key",
        "does not show its own totals",
    ),
    "slack without users:read": Case(
        slack(scopes=("channels:read", "channels:history")),
        {"accounts": "lacks the scope users:read"},
        "add it under 'OAuth & Permissions' and reinstall",
        "lacks the scope users:read",
    ),
    "slack without groups:read": Case(
        slack(),
        {"messages": "lacks the scope groups:read: private channels are not seen"},
        "add it under 'OAuth & Permissions' and reinstall",
        "lacks the scope groups:read",
        options={"private_channels": True},
    ),
    "slack outside a channel": Case(
        slack(outside={GENERAL}),
        dict.fromkeys(("messages", "reactions", "memberships"), "#general: the app is not in the channel"),
        "invite it (/invite @app)",
        "invite it to #general",
    ),
    "slack on a free plan": Case(
        slack(hidden_after=timedelta(days=5)),
        dict.fromkeys(("messages", "reactions", "memberships"), "the workspace's plan hides older messages"),
        "bring them in from an export",
    ),
    "slack without lists of members": Case(
        slack_without_lists,
        {"memberships": "the list of members could not be read whole: it proves nothing"},
        "invite the app to the channel",
    ),
    "slack with lists of members that wait": Case(
        slack(),
        {"memberships": "lists of members wait for the next day's requests"},
        "raise lookback_requests_per_day",
        options={"lookback_requests_per_day": 0},
    ),
    "mastodon without a token": Case(
        mastodon(),
        {"memberships": "no account is watched, so follows are not seen"},
        "set access_token",
        "no account is watched",
        {"secrets": {}},
        absent=("memberships",),
    ),
    "mastodon of followers that are hidden": Case(
        mastodon_hidden,
        {"memberships": "its followers are hidden"},
        "watch an account of this server that shows its followers",
        "its followers are hidden",
        {"secrets": {}},
        {"accounts": ["lantern"]},
        absent=("memberships",),
    ),
    "mastodon without read:notifications": Case(
        mastodon(withheld=("notifications",)),
        {"memberships": "lacks the scope 'read:notifications'"},
        "give it that scope",
        "lacks the scope 'read:notifications'",
    ),
    "mastodon by its home timeline": Case(
        mastodon(),
        dict.fromkeys(("messages", "accounts", "reactions"), "only the latest few hundred posts of home"),
        "name 'local', tags or accounts too",
        options={"timelines": ["home"]},
    ),
    "reddit without the log": Case(
        reddit(has_log=False),
        {"moderation": "the moderation log is for moderators"},
        "set the refresh_token of one, with the scope 'modlog'",
        "the moderation log is for moderators",
        absent=("moderation",),
    ),
    "reddit without its moderators": Case(
        reddit(moderators=()),
        {"accounts": "does not show who moderates it"},
        "name its staff in [members]",
        "does not show who moderates it",
    ),
    "matrix of a room it is not in": Case(
        matrix,
        dict.fromkeys(("messages", "reactions", "memberships", "moderation"), "is not in it"),
        "invite it, or take the room out",
        "is not in the room",
        options={"rooms": ["#general:double.test", "!elsewhere:double.test"]},
    ),
    "matrix of a room that hides what was before": Case(
        matrix_hidden,
        dict.fromkeys(("messages", "reactions", "memberships", "moderation"), "it hides from"),
        "set its history visibility to 'shared'",
        "hides what was said before",
    ),
    "matrix of a room that refuses its history": Case(
        matrix_refused,
        dict.fromkeys(("messages", "reactions", "memberships", "moderation"), "the server refuses"),
        "invite it again",
    ),
    "matrix of an encrypted room": Case(
        matrix_encrypted,
        {"messages": "it is encrypted"},
        "unless it moves to a room without encryption",
        "it is encrypted",
    ),
    "slack_export without private channels": Case(
        Exported,
        {"messages": "private channels are not in this export"},
        "only an owner's export has them",
        "private channels are not in this export",
    ),
    "slack_export with a broken day": Case(
        lambda folder: Exported(folder, broken=True),
        dict.fromkeys(("messages", "reactions", "memberships"), "could not be read"),
        "export again",
    ),
    "telegram_export of one's own messages": Case(
        telegram_of_one,
        {"messages": "messages of one account only"},
        "export it again without 'only my messages'",
    ),
}

# what a connector cannot do without: its cure is said by the check and by the run
FATAL = {
    "slack without channels:read": Case(slack(scopes=("users:read",)), {}, "lacks the scope channels:read"),
    "slack without channels:history": Case(
        slack(scopes=("channels:read", "users:read")), {}, "lacks the scope channels:history"
    ),
    "mastodon without read:accounts": Case(mastodon(withheld=("accounts",)), {}, "scope"),
    "mastodon without read:statuses": Case(mastodon(withheld=("timelines",)), {}, "scope"),
    "reddit without an app": Case(reddit(), {}, "set client_id and client_secret", given={"secrets": {}}),
    "slack without a token": Case(slack(), {}, "set the secret 'token'", given={"secrets": {}}),
    "matrix without a token": Case(matrix, {}, "access_token", given={"secrets": {}}),
    "discourse behind a login": Case(
        discourse("/categories.json", "/posts.json"), {}, "set api_key", given={"secrets": {}}
    ),
}


def pull(here: Any, bed: Any, case: Case) -> list[dict[str, Any]]:
    """One pull; its coverage rows."""
    before = len(here.coverage)
    here.pull(bed.options | case.options, bed.now, **case.arguments(bed))
    return list(here.coverage[before:])


def claimed(rows: list[dict[str, Any]], stream: str, instant: datetime) -> bool:
    """Whether one run calls an instant observed: stated, and in no hole that it states itself."""

    def holds(row: dict[str, Any]) -> bool:
        low, high = row["observed_from"] or datetime.min, row["observed_to"] or datetime.max
        return bool(row["stream"] == stream and low <= instant < high)

    found = [row for row in rows if holds(row)]
    return bool(found) and not any(row["reason"] for row in found)


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_seen_is_said_with_its_cure_and_never_claimed(shelf: Any, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    bed = case.make(tmp_path)
    here = shelf(bed.platform)
    runs = [pull(here, bed, case)]
    holes: list[tuple[str, datetime]] = []
    for stream, reason in case.said.items():
        rows = [row for row in runs[0] if row["stream"] == stream and reason in (row["reason"] or "")]
        assert rows, (stream, [row["reason"] for row in runs[0]])
        for row in rows:
            assert case.cure in row["reason"]
            if row["observed_from"] != row["observed_to"]:
                before = (row["observed_to"] or bed.now) - timedelta(microseconds=1)
                holes.append((stream, max(before, row["observed_from"] or before)))
    for _ in range(2):  # nothing else has happened, and nobody has given what is withheld
        bed.message("anna", "once more")
        runs.append(pull(here, bed, case))
    for run in runs:
        for stream, instant in holes:
            assert not claimed(run, stream, instant), (stream, instant, run)
    for stream in case.absent:
        assert not here.latest(stream), "what cannot be seen is absent"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.check])
def test_check_names_what_is_missing_before_a_run_does(shelf: Any, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    bed = case.make(tmp_path)
    here = shelf(bed.platform)
    found = here.connector.check(here.context(bed.options | case.options, bed.now, **case.arguments(bed)))
    assert [one for one in found if case.check and case.check in one.text and one.level != "ok"], found


@pytest.mark.parametrize("name", FATAL)
def test_without_what_is_needed_check_and_run_say_the_same_cure(shelf: Any, tmp_path: Path, name: str) -> None:
    case = FATAL[name]
    bed = case.make(tmp_path)
    here = shelf(bed.platform)
    found = here.connector.check(here.context(bed.options, bed.now, **case.arguments(bed)))
    assert [one for one in found if one.level == "error" and case.cure in one.text], found
    with pytest.raises(SourceError) as raised:
        here.pull(bed.options, bed.now, **case.arguments(bed))
    assert case.cure in str(raised.value)
    assert not [row for row in here.coverage if row["stream"] == "messages"], "what failed is no coverage"


def test_a_stream_that_has_no_file_is_absent_and_check_says_so(shelf: Any, tmp_path: Path) -> None:
    bed = FilesBed(tmp_path)
    bed.message("anna", "hello")
    options = bed.options
    for name in ("accounts", "memberships", "reactions"):
        (tmp_path / f"{name}.jsonl").unlink()
    here = shelf("files")
    here.pull(options, bed.now)
    assert {row["stream"] for row in here.coverage} == {"messages"}
    found = here.connector.check(here.context(options, bed.now))
    assert any("what has no file is not seen: accounts, channels, reactions, memberships" in one.text for one in found)


def test_every_platform_that_can_be_withheld_from_is_here() -> None:
    assert {name.split()[0] for name in CASES} | {"files"} == set(registry.names())
