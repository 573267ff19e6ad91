"""A page of the usual world, with every panel there is, and a real browser that opens it from its file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reports.build import Report, build
from tests.reports.conftest import World, write_snapshot
from tests.reports.test_staying_and_carrying import MARTS, QUIET, RISK

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COHORTS = """
create table marts.cohort_retention as
select scope, 'members' as population, 'month' as cohort_kind, cast(cohort as date) as cohort_start, age,
    cohort_size, case when age <= last_age then cohort_size * 10 // (12 + 9 * age) end as active,
    case when age <= last_age then (cohort_size * 10 // (12 + 9 * age)) / cohort_size::double end as rate,
    age = last_age as is_provisional
from (
    select scope, cohort, 40 + month(cohort) as cohort_size,
        datediff('month', cohort, date '2026-06-01') - 1 as last_age
    from generate_series(date '2025-06-01', date '2026-05-01', interval 1 month) as months(cohort),
        (values ('all'), ('forum')) as scopes(scope)
), range(0, 12) as ages(age)
"""
Built = Callable[[str], Report]
Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium: Playwright's is downloaded, which a hermetic test does not do."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def a_full_snapshot(folder: Path, world: World) -> Path:
    """A snapshot with every mart that the page has a panel for."""
    snapshot = write_snapshot(folder, world)
    with duckdb.connect(str(snapshot / "community.duckdb")) as community:
        shown = MARTS.format(verdict="shown", is_default=False, silence=135, alike=0.7, alike_expected=410.0)
        community.execute(shown + QUIET + COHORTS)
    with duckdb.connect(str(snapshot / "desk.duckdb")) as desk:
        desk.execute(RISK)
    return snapshot


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The report in a language, built once."""
    # a hole within the last four weeks: the badge and the data of the sources differ
    world = World(gap=(date(2026, 6, 3), date(2026, 6, 5)))
    snapshot = a_full_snapshot(tmp_path_factory.mktemp("browser") / "20260629T000000Z-dddd", world)
    known: dict[str, Report] = {}

    def build_once(locale: str) -> Report:
        if locale not in known:
            out = tmp_path_factory.mktemp(locale)
            known[locale] = build(
                snapshot, out, community="Agora", locale=locale, minimum_cell=5, timezone="Europe/Paris"
            )
        return known[locale]

    return build_once


@pytest.fixture
def opened(browser: Browser, built: Built) -> Iterator[Opened]:
    """Opens the page; at the end no request may have gone anywhere and the console must be empty."""
    contexts, complaints, asked = [], [], []

    def open_page(locale: str = "en", width: int = 1440, scheme: str = "light", place: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        file = built(locale).dashboard.as_uri()
        page.goto(file + place)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert {address.partition("#")[0] for address in asked} <= {
        built(locale).dashboard.as_uri() for locale in ("en", "fr", "ru")
    }


def choose(page: Page, source: str, week: int) -> None:
    """Set both filters; `week` counts back from the latest."""
    page.select_option("#source", source)
    page.select_option("#week", index=week)
