"""What stands above a report that should not simply be believed, in the reader's language."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from reports.build import Report
from reports.doubts import doubts
from reports.mail import annotated


def said(snapshot: Path, locale: str, now: datetime) -> list[str]:
    return doubts(snapshot, "2026-W26", now=now, locale=locale, timezone="Europe/Paris")


@pytest.fixture(scope="module")
def unwarned(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(snapshot, tmp_path_factory.mktemp("unwarned") / "snapshot"))
    with duckdb.connect(str(folder / "community.duckdb")) as connection:
        connection.execute("update ops.quality_results set outcome = 'pass'")
    return folder


def test_fresh_data_without_warnings_leave_no_doubt(unwarned: Path) -> None:
    # the week after is not over before its Sunday is, in Paris
    assert said(unwarned, "en", datetime(2026, 7, 5, 21, 59)) == []
    assert len(said(unwarned, "en", datetime(2026, 7, 5, 22, 1))) == 1


@pytest.mark.parametrize(
    ("locale", "stale"),
    [
        ("en", "The data are stale: they end with Jun 22 – 28, 2026, and Jul 6 – 12, 2026 is over."),
        ("fr", "Les données sont anciennes : elles s’arrêtent à la semaine 22–28 juin 2026,"),
        ("ru", "Данные устарели: они кончаются неделей 22–28 июн. 2026"),
    ],
)
def test_a_warning_and_old_data_are_said(snapshot: Path, locale: str, stale: str) -> None:
    warned, old = said(snapshot, locale, datetime(2026, 7, 14))
    assert any(character.isdigit() for character in warned)
    assert old.replace("\u2009", " ").startswith(stale)


def test_a_note_stands_above_all_a_letter_says(report: Report) -> None:
    html = (report.folder / "mail.html").read_text(encoding="utf-8")
    noted = annotated(html, "<stale> & old")
    assert "&lt;stale&gt; &amp; old" in noted
    assert noted.index("&lt;stale&gt;") < noted.index("<h1")
    assert len(noted) > len(html)
