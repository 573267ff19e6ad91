"""The summary as PDF says what the page says, fetches nothing, and is not missed where it cannot be made."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pypdf
import pytest

from reports.build import Report
from reports.pdf import pdf, write_pdf
from reports.snapshot import ReportError


@pytest.fixture
def pango() -> None:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        pytest.skip("Pango is not installed on this machine: no PDF can be drawn")


@pytest.mark.usefixtures("pango")
def test_every_number_of_the_summary_is_in_its_pdf(report: Report) -> None:
    drawn = write_pdf(report.folder)
    said = "".join(page.extract_text() for page in pypdf.PdfReader(drawn).pages)
    numbers = re.findall(r"\d+", report.summary_txt.read_text(encoding="utf-8").split("http")[0])
    assert len(numbers) > 20
    assert re.findall(r"\d+", said)[: len(numbers)] == numbers
    assert drawn.stat().st_mode == report.summary_html.stat().st_mode


@pytest.mark.usefixtures("pango")
def test_a_page_that_asks_for_something_gets_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert pdf('<img src="http://127.0.0.1:9/x.png"><img src="file:///etc/hostname">169').startswith(b"%PDF")
    assert caplog.text.count("disallowed protocol") == 2


def test_without_pango_one_line_says_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ReportError, match=r"Pango is missing; install libpango-1\.0-0"):
        pdf("<p>169</p>")
