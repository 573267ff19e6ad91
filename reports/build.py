"""Builds a report from one published snapshot: facts, summary in three forms, dashboard page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from reports import mailpicture, render
from reports.dashboard import dashboard_page
from reports.document import Document, sentences
from reports.facts import Facts, Options, collect
from reports.mail import letter
from reports.message import message
from reports.page import summary_page
from reports.period import deciding_source, last_complete_week, read_sources
from reports.slots import slots_of
from reports.snapshot import ReportError, Snapshot
from reports.words import brief, compose, headline

FORMS = ("summary.md", "summary.txt", "summary.html", "mail.html", "message.txt", "dashboard.html")
PICTURE = mailpicture.NAME


@dataclass(frozen=True)
class Report:
    """The files of a report, and its headline in plain text."""

    folder: Path
    summary_md: Path
    summary_txt: Path
    summary_html: Path
    facts: Path
    dashboard: Path
    headline: str


def build(
    snapshot: Path,
    out: Path,
    *,
    community: str,
    locale: str,
    minimum_cell: int,
    names: bool = True,
    timezone: str | None = None,
) -> Report:
    """Write the report of the last complete week into `out` and return its paths.

    `timezone` is where a day begins (an IANA name); without it the snapshot's manifest is asked, then UTC is taken.
    Raises ReportError with one line that says what to do.
    """
    with Snapshot(snapshot, names=names) as opened:
        facts = collect(opened, _options(opened, community, locale, minimum_cell, names, timezone))
        files = render_all(opened, facts)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _write(out / name, content, private=names)
    return Report(
        folder=out,
        summary_md=out / "summary.md",
        summary_txt=out / "summary.txt",
        summary_html=out / "summary.html",
        facts=out / "facts.json",
        dashboard=out / "dashboard.html",
        headline=render.plain_words(headline(facts)),
    )


def markdown(
    snapshot: Path, *, community: str, locale: str, minimum_cell: int, names: bool, timezone: str | None = None
) -> str:
    """The summary alone in Markdown, nothing written; arguments and errors as of `build`."""
    with Snapshot(snapshot, names=names) as opened:
        options = _options(opened, community, locale, minimum_cell, names, timezone)
        return render.markdown(compose(collect(opened, options, views=False)))


def _options(
    snapshot: Snapshot, community: str, locale: str, minimum_cell: int, names: bool, timezone: str | None
) -> Options:
    if minimum_cell < 1:
        raise ReportError(f"privacy.minimum_cell = {minimum_cell}: must be at least 1")
    return Options(community, locale, minimum_cell, names, timezone or zone_of(snapshot))


def period(snapshot: Path, *, timezone: str | None = None) -> str | None:
    """The name of the week a report of this snapshot is about, as 2026-W26: the folder to build it in."""
    with Snapshot(snapshot, names=False) as opened:
        zone = ZoneInfo(timezone or zone_of(opened))
        deciding = deciding_source(read_sources(opened))
    week = last_complete_week(deciding.as_of if deciding else None, zone)
    return week.name if week else None


def zone_of(snapshot: Snapshot) -> str:
    """The community's time zone where the manifest tells it, else UTC."""
    versions = snapshot.manifest.get("versions")
    told = snapshot.manifest.get("timezone") or (versions.get("timezone") if isinstance(versions, dict) else None)
    return str(told or "UTC")


def render_all(snapshot: Snapshot, facts: Facts) -> dict[str, str]:
    """Every file of the report by name; the same facts give the same bytes."""
    document, told = compose(facts), brief(facts)
    page, page_slots = dashboard_page(snapshot, facts)
    drawn = mailpicture.weekly_picture(facts)
    files = {
        "summary.md": render.markdown(document),
        "summary.txt": render.text(document),
        "summary.html": summary_page(facts, document),
        "mail.html": letter(document, facts.language, mailpicture.caption(facts) if drawn else None),
        "message.txt": message(told),
        "dashboard.html": page,
    }
    if drawn:
        files[PICTURE] = drawn
    listed: dict[str, Any] = facts.as_json()
    shown = {name: told if name == "message.txt" else document for name in FORMS[:-1]}
    listed["forms"] = {name: slot_names(words, name) for name, words in shown.items()} | {"dashboard.html": page_slots}
    files["facts.json"] = msgspec.json.format(msgspec.json.encode(listed), indent=1).decode() + "\n"
    return files


def slot_names(document: Document, form: str) -> list[str]:
    """The slots a reader of a form sees, in order."""
    if form.endswith(".html"):
        return render.visible_slots(document)
    return [slot.name for block in document for words in sentences(block) for slot in slots_of(words)]


def _write(path: Path, content: str, *, private: bool) -> None:
    """Write beside and rename, so that no reader meets half a file; with names in it only the owner may read."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(content, encoding="utf-8", newline="\n")
    os.chmod(beside, 0o600 if private else 0o644)
    beside.replace(path)
