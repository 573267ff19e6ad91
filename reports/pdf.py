"""The summary as PDF, drawn from its proven page; nothing is fetched, and the same page gives the same bytes."""

from __future__ import annotations

import logging
from pathlib import Path

from reports.snapshot import ReportError

NAME = "summary.pdf"
CURE = f"{NAME}: not made, Pango is missing; install libpango-1.0-0 and libpangoft2-1.0-0"


def pdf(page: str) -> bytes:
    """The PDF of a summary page; ReportError where the system lacks the library that sets type."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        raise ReportError(CURE) from None
    # of every rule of the page's that is not for paper
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return bytes(HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(pdf_identifier=b"muster"))


def write_pdf(folder: Path) -> Path:
    """summary.pdf beside the summary.html it is drawn from, readable by the same people."""
    page, out = folder / "summary.html", folder / NAME
    beside = out.with_name(NAME + ".new")
    drawn = pdf(page.read_text(encoding="utf-8"))
    beside.touch(mode=0o600)
    beside.write_bytes(drawn)
    beside.chmod(page.stat().st_mode & 0o777)
    return beside.replace(out)
