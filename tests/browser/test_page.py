"""The page in a real browser: filters, widths, colours, print, keyboard, and what assistive technology is told."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Built, Opened, choose

WIDTHS = (360, 768, 1440)
LAST_SUNDAY = date(2026, 6, 28)
PARTS = {
    "headline": "h1",
    "badge": ".badge",
    "tiles": ".tile",
    "figures": "section.card:has(> h2:text-is('The figures'))",
    "data": "#data section",
    "axes": "svg[role=img] > g[data-week]",
    "plots": "svg.moves",
}

# what of a page's text is cut off or runs out of its box; boxes that scroll may hold more than they show
CLIPPED = """() => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide`);
  const seen = box => box.width > 0 && box.height > 0;
  for (const part of document.querySelectorAll("main *, header *")) {
    if (part.closest("svg, .unseen, .scroll, option, select")) continue;
    if (![...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const box = part.getBoundingClientRect();
    if (!seen(box)) continue;
    const card = (part.closest(".card, .tile, .badge") || document.body).getBoundingClientRect();
    if (box.left < card.left - 1 || box.right > card.right + 1 || box.bottom > card.bottom + 1)
      found.push(`runs out of its card: ${part.textContent.trim().slice(0, 60)}`);
  }
  for (const box of document.querySelectorAll(".card .scroll")) {
    const card = box.closest(".card").getBoundingClientRect(), own = box.getBoundingClientRect();
    if (own.right > card.right + 1) found.push(`a table runs out of its card: ${box.textContent.trim().slice(0, 60)}`);
  }
  for (const drawing of document.querySelectorAll("svg[role=img]")) {
    const edge = drawing.getBoundingClientRect();
    if (!seen(edge)) continue;
    const labels = [...drawing.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
    const shown = labels.filter(([, box]) => seen(box));
    for (const [words, box] of shown)
      if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1)
        found.push(`label cut off: ${words}`);
    for (const [place, [words, box]] of shown.entries())
      for (const [others, other] of shown.slice(place + 1))
        if (box.left < other.right && other.left < box.right
            && box.top + 3 < other.bottom && other.top + 3 < box.bottom)
          found.push(`labels touch: ${words} and ${others}`);
  }
  return found;
}"""


def seen(page: Page, part: str) -> list[str]:
    """The visible text of a part of the page; of a plot where it stands."""
    shown = page.locator(PARTS[part]).filter(visible=True)
    if part == "plots":
        return [
            str(shown.nth(place).evaluate("e => [e.viewBox.baseVal.x, e.closest('[data-scope]').dataset.scope]"))
            for place in range(shown.count())
        ]
    return [str(words) for words in shown.all_text_contents()]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_follows_both_filters(opened: Opened, part: str) -> None:
    page = opened()
    before = seen(page, part)
    assert before
    by_source = []
    for source in ("forum", "chat"):
        choose(page, source, 0)
        by_source.append(seen(page, part))
        assert len(by_source[-1]) == len(before)
    choose(page, "all", 9)
    by_week = seen(page, part)
    assert len(by_week) == len(before)
    if part != "axes":  # the months are the same for every source
        assert by_source[0] != by_source[1]
    assert by_week != before
    choose(page, "all", 0)
    assert seen(page, part) == before


@pytest.mark.parametrize(("source", "back"), [("all", 0), ("chat", 0), ("forum", 3), ("all", 7), ("chat", 11)])
def test_every_number_in_sight_is_of_the_source_and_week_chosen(
    opened: Opened, built: Built, source: str, back: int
) -> None:
    page = opened()
    choose(page, source, back)
    sunday = LAST_SUNDAY - timedelta(weeks=back)
    slots = {slot["name"]: slot for slot in json.loads(built("en").facts.read_text(encoding="utf-8"))["slots"]}
    marked = page.locator("main [data-slot]").filter(visible=True)
    names = marked.evaluate_all("all => all.map(one => [one.dataset.slot, one.textContent])")
    assert len(names) > 20
    for name, words in names:
        key: dict[str, Any] = slots[name]["key"]
        assert words == slots[name]["text"]
        if source != "all" and "scope" in key:
            assert key["scope"] == source, name
        if slots[name]["how"] == "cell" and "local_date" in key:
            day = date.fromisoformat(key["local_date"])
            assert sunday - timedelta(days=13) <= day <= sunday, name
    # the tables behind the charts end with the week and begin where the picture does
    for table in page.locator("table[data-span]").all():
        rows = table.evaluate(
            "e => [...e.tBodies[0].rows].filter(r => !r.hidden).map(r => [r.dataset.first, r.dataset.last])"
        )
        if table.evaluate("e => !e.closest('[data-scope]').hidden"):
            assert date.fromisoformat(rows[0][1]) == sunday
            assert date.fromisoformat(rows[-1][0]) >= sunday - timedelta(days=371)


@pytest.mark.parametrize("locale", ["en", "fr", "ru"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off(opened: Opened, locale: str, width: int) -> None:
    page = opened(locale, width)
    assert page.evaluate(CLIPPED) == []
    choose(page, "chat", 6)
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize(
    ("width", "scheme", "source", "back"),
    [(360, "light", "all", 0), (768, "dark", "forum", 5), (1440, "light", "all", 0), (1440, "dark", "chat", 0)],
)
def test_no_barrier_for_assistive_technology(opened: Opened, width: int, scheme: str, source: str, back: int) -> None:
    page = opened(width=width, scheme=scheme)
    choose(page, source, back)
    page.locator("details").filter(visible=True).last.evaluate("e => e.open = true")
    found = Axe().run(page).response["violations"]
    serious = [
        (rule["id"], node["html"][:120], node["failureSummary"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert serious == []


def test_the_page_is_used_with_the_keyboard_alone(opened: Opened) -> None:
    page = opened()
    headline = page.locator("h1").filter(visible=True)
    first = headline.text_content()
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", reached
    assert reached == ["badge warn", "source", "week"]
    page.keyboard.press("ArrowDown")
    assert headline.text_content() != first
    # what changed is said, and kept in the address
    assert page.locator("#said").text_content() == headline.text_content()
    assert "week=2026-W25" in page.url


def test_an_address_opens_its_source_and_week(opened: Opened) -> None:
    page = opened(place="#source=chat&week=2026-W20")
    assert page.input_value("#source") == "chat"
    assert str(page.locator("h1").filter(visible=True).text_content()).startswith("chat · May 11")
    strange = opened(place="#source=%3Cb%3E&week=1999-W01")
    assert strange.input_value("#source") == "all"


def test_landmarks_and_headings(opened: Opened) -> None:
    page = opened()
    for landmark in ("header", "main", "footer"):
        assert page.locator(landmark).count() == 1
    levels = page.locator("h1, h2, h3").filter(visible=True).evaluate_all("all => all.map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    pictures = page.get_by_role("img").filter(visible=True)
    assert pictures.count() == 3
    assert all(page.locator(".card:has(svg[role=img]) details").nth(place).count() for place in range(3))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_shows_the_week_in_ink(opened: Opened, scheme: str) -> None:
    page = opened(scheme=scheme)
    page.emulate_media(media="print")
    assert page.locator("#filters").is_hidden()
    assert page.locator("details").filter(visible=True).count() == 0
    assert page.locator(".tile").filter(visible=True).count() == 4
    colours = page.evaluate(
        "(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert len(page.pdf(format="A4")) > 10_000


def test_without_script_the_latest_week_stands(browser: Any, built: Built) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(built("en").dashboard.as_uri())
    assert page.locator("#filters").is_hidden()
    assert page.locator(".tile").filter(visible=True).count() == 4
    assert page.locator("h1").filter(visible=True).count() == 1
    context.close()
