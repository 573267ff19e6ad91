"""What each connector cannot see is said, with the cure: by `check` before a run, in coverage after it, and again.

Every case withholds one permission from a bed. A hole that one run states must not be called observed by the next.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sources.errors import SourceError
from tests.sources.discourse.beds import DiscourseBed
from tests.sources.files.test_files_conformance import FilesBed
from tests.sources.mastodon.beds import ME, MastodonBed
from tests.sources.matrix.beds import DoubleBed
from tests.sources.matrix.double import ME as MUSTER
from tests.sources.reddit.beds import RedditBed
from tests.sources.slack.beds import GENERAL, SlackBed
from tests.sources.slack_export.test_slack_export_conformance import ExportBed
from tests.sources.telegram_export.beds import TelegramBed

Make = Callable[[Path], Any]


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


def discourse(*withheld: str) -> Make:
    def make(_: Path) -> Any:
        bed = DiscourseBed()
        bed.face.withheld = withheld
        bed.flag(bed.message("anna", "hello"), "boris")
        bed.act("topic_closed", topic_id=1)
        return bed

    return make


def slack(**face: Any) -> Make:
    def make(_: Path) -> Any:
        bed = SlackBed(**face)
        bed.join("anna")
        bed.message("anna", "hello")
        for _ in range(200):
            bed.silent()
        bed.message("anna", "and again")
        return bed

    return make


def slack_without_lists(folder: Path) -> Any:
    bed = slack()(folder)
    inner = bed.transport

    def refuse(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("conversations.members"):
            return httpx.Response(200, json={"ok": False, "error": "access_denied"})
        return inner.handle_request(request)

    bed.transport = httpx.MockTransport(refuse)
    return bed


def mastodon(**face: Any) -> Make:
    def make(_: Path) -> Any:
        bed = MastodonBed(**face)
        bed.join("anna")
        bed.message("anna", "hello")
        return bed

    return make


def mastodon_hidden(folder: Path) -> Any:
    bed = mastodon()(folder)
    bed.social.people[ME].hides_followers = True
    return bed


def reddit(has_log: bool = True, moderators: tuple[str, ...] = ("anna",)) -> Make:
    def make(_: Path) -> Any:
        bed = RedditBed()
        bed.face.has_log, bed.subreddit.moderators = has_log, list(moderators)
        bed.message("anna", "hello")
        return bed

    return make


def matrix(_: Path) -> Any:
    bed = DoubleBed()
    bed.message("anna", "hello")
    return bed


def matrix_hidden(folder: Path) -> Any:
    bed = matrix(folder)
    room = bed.hall.room("late", visibility="joined", me=False)
    bed.hall.send(room, "@founder:double.test", "m.room.message", {"body": "before", "msgtype": "m.text"})
    bed.hall.member(room, MUSTER, "join")
    return bed


def matrix_encrypted(folder: Path) -> Any:
    bed = matrix(folder)
    bed.hall.send(bed.room_id, "@founder:double.test", "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}, "")
    return bed


def matrix_refused(folder: Path) -> Any:
    bed = matrix(folder)
    for number in range(20):
        bed.message("anna", f"more {number}")
    bed.hall.refused.add(bed.room_id)
    return bed


class Exported(ExportBed):
    """An export of a member's, without private channels; the first day may be damaged."""

    def __init__(self, folder: Path, broken: bool = False) -> None:
        super().__init__(folder)
        self.broken = broken
        self.message("anna", "hello")
        for _ in range(30):
            self.silent()
        self.message("boris", "again")

    @property
    def options(self) -> dict[str, Any]:  # type: ignore[override]
        given = super().options
        target = given["path"].with_name(f"changed-{self.now:%Y%m%d%H}.zip")
        with zipfile.ZipFile(given["path"]) as old, zipfile.ZipFile(target, "w") as new:
            days = [name for name in old.namelist() if name.startswith("general/2")]
            for name in old.namelist():
                if name != "groups.json":
                    new.writestr(name, b"[{" if self.broken and name == days[0] else old.read(name))
        return {"path": target}


def telegram_of_one(folder: Path) -> Any:
    bed = TelegramBed(folder)
    bed.message("anna", "hello")
    bed.message("anna", "again")
    return bed


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


def pull(here: Any, bed: Any, case: Case) -> list[dict[str, Any]]:
    """One pull; its coverage rows."""
    given = {"secrets": bed.secrets, "transport": getattr(bed, "transport", None)} | case.given
    before = len(here.coverage)
    here.pull(bed.options | case.options, bed.now, **given)
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
    given = {"secrets": bed.secrets, "transport": getattr(bed, "transport", None)} | case.given
    found = here.connector.check(here.context(bed.options | case.options, bed.now, **given))
    assert [one for one in found if case.check and case.check in one.text and one.level != "ok"], found


FATAL = {
    "slack without channels:read": (slack(scopes=("users:read",)), {}, {}, "lacks the scope channels:read"),
    "slack without channels:history": (
        slack(scopes=("channels:read", "users:read")),
        {},
        {},
        "lacks the scope channels:history",
    ),
    "mastodon without read:accounts": (mastodon(withheld=("accounts",)), {}, {}, "scope"),
    "mastodon without read:statuses": (mastodon(withheld=("timelines",)), {}, {}, "scope"),
    "reddit without an app": (reddit(), {"secrets": {}}, {}, "set client_id and client_secret"),
    "slack without a token": (slack(), {"secrets": {}}, {}, "set the secret 'token'"),
    "matrix without a token": (matrix, {"secrets": {}}, {}, "access_token"),
    "discourse behind a login": (discourse("/categories.json", "/posts.json"), {"secrets": {}}, {}, "set api_key"),
}


@pytest.mark.parametrize("name", FATAL)
def test_without_what_is_needed_check_and_run_say_the_same_cure(shelf: Any, tmp_path: Path, name: str) -> None:
    make, given, options, cure = FATAL[name]
    bed = make(tmp_path)
    here = shelf(bed.platform)
    given = {"secrets": bed.secrets, "transport": bed.transport} | given
    found = here.connector.check(here.context(bed.options | options, bed.now, **given))
    assert [one for one in found if one.level == "error" and cure in one.text], found
    with pytest.raises(SourceError) as raised:
        here.pull(bed.options | options, bed.now, **given)
    assert cure in str(raised.value)
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
    from sources import registry

    assert {name.split()[0] for name in CASES} | {"files"} == set(registry.names())
