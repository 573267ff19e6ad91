"""Beds of every platform from which something is withheld: a scope, a list, a room, a day of an export."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.sources.discourse.beds import DiscourseBed
from tests.sources.mastodon.beds import ME, MastodonBed
from tests.sources.matrix.beds import DoubleBed
from tests.sources.matrix.double import ME as MUSTER
from tests.sources.reddit.beds import RedditBed
from tests.sources.slack.beds import SlackBed
from tests.sources.slack_export.test_slack_export_conformance import ExportBed
from tests.sources.telegram_export.beds import TelegramBed

Make = Callable[[Path], Any]


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
