"""Why a report should not simply be believed, in the reader's words: stands above what goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reports.language import Language
from reports.period import Week, last_complete_week
from reports.quality import gate_warnings
from reports.snapshot import Snapshot


def doubts(snapshot: Path, period: str, *, now: datetime, locale: str, timezone: str) -> list[str]:
    """One sentence each: the gate warned when this was published; the data end before the last whole week does.

    `period` is the week a report is about, as 2026-W26; `now` is naive UTC.
    """
    language = Language(locale, ZoneInfo(timezone))
    with Snapshot(snapshot, names=False) as opened:
        count = len(gate_warnings(opened))
    found = []
    if count:
        said = language.plural(
            "The checks before publication gave {count} warning.",
            "The checks before publication gave {count} warnings.",
            count,
        )
        found.append(said.format(count=language.format("integer", count)))
    week, last = _week(period), last_complete_week(now, ZoneInfo(timezone))
    if last and week.start < last.start:
        said = language._("The data are stale: they end with {week}, and {last} is over.")
        found.append(said.format(week=_interval(language, week), last=_interval(language, last)))
    return found


def _week(period: str) -> Week:
    return Week(datetime.strptime(f"{period}-1", "%G-W%V-%u").date())


def _interval(language: Language, week: Week) -> str:
    return language.format("interval", (week.start, week.start + timedelta(days=6)))
