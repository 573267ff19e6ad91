"""Hostile names and titles are text in every form; small groups and left-out names stay out of all of them."""

from __future__ import annotations

import json
import re
import shutil
import stat
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports.board import Board
from reports.build import Report
from reports.escape import as_markdown, clean_text, clean_url
from reports.language import Language
from reports.members import read_statuses
from reports.privacy import quiet_series, small_cells
from reports.slots import Binding
from reports.snapshot import Snapshot

World = Any  # conftest's class comes through a fixture: tests are no package
PAGE = (
    "html head meta title style body header main footer section div p span bdi a h1 h2 ul li table thead tbody tr th"
    " td details summary dl dt dd i b svg path text circle rect defs pattern desc g"
)
ALLOWED = frozenset(PAGE.split())
FILTERS = frozenset({"script", "form", "label", "select", "option"})
MARKDOWN = ALLOWED - {"html", "head", "script", "style", "svg", "title"} | {"strong", "em"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(path: Path) -> Tags:
    tags = Tags()
    tags.feed(path.read_text(encoding="utf-8"))
    return tags


@pytest.mark.parametrize("form", ["summary_html", "dashboard"])
def test_names_are_text_in_html(report: Report, form: str) -> None:
    tags = parsed(getattr(report, form))
    assert {tag for tag, _ in tags.found} <= ALLOWED | (FILTERS if form == "dashboard" else frozenset())
    for _, attributes in tags.found:
        assert not any(name.startswith("on") or name in ("src", "srcset", "action") for name in attributes)
        link = attributes.get("href")
        assert link is None or link == "#data" or link.startswith("https://forum.example/")
    text = "".join(tags.text)
    assert "<script>alert(1)</script>" in text
    assert "=cmd()|'/c calc'!A0" in text


def test_names_are_text_in_markdown(report: Report) -> None:
    source = report.summary_md.read_text(encoding="utf-8")
    # the strictest reading: everything GitHub would make of it, raw HTML and bare addresses too
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source)
    tags = Tags()
    tags.feed(rendered)
    assert {tag for tag, _ in tags.found} <= MARKDOWN
    assert all(a["href"].startswith("https://forum.example/") for tag, a in tags.found if tag == "a" and a["href"])
    text = "".join(tags.text).replace("\u200b", "")
    assert "<script>alert(1)</script>" in text
    assert "@everyone **bold** `code` | pipe # 7" in text
    assert "[click](javascript:alert(1)) ![x](http://evil.example/p.png)" in text
    assert "@everyone" not in source
    assert not re.search(r"(?<!\()(?<!<)https?://", source)
    assert "www." not in source


@pytest.mark.parametrize("form", ["summary_txt", "summary_md", "summary_html", "dashboard"])
def test_no_control_or_direction_character_survives(report: Report, form: str) -> None:
    text = getattr(report, form).read_text(encoding="utf-8").replace("\u200b", "")
    assert {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")} == {"\n"}
    assert "evil [31mred Bcc: all x" in re.sub(r"\\|<[^>]*>", "", text)


@given(st.text(max_size=120))
def test_any_name_becomes_one_harmless_line(name: str) -> None:
    line = clean_text(name)
    assert 0 < len(line) <= 80
    assert line == clean_text(line)
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in line)
    assert "\u202e" not in line


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_name_is_itself_in_markdown(name: str) -> None:
    line = clean_text(name)
    rendered = MarkdownIt("commonmark", {"html": True}).render(f"a {as_markdown(line)} z")
    tags = Tags()
    tags.feed(rendered)
    assert [tag for tag, _ in tags.found] == ["p"]
    assert "".join(tags.text).strip().replace("\u200b", "") == f"a {line} z"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://user:pw@evil.example/",
        "http://[",
        "",
        "ftp://x",
    ],
)
def test_an_address_that_is_not_plainly_web_is_no_link(address: str) -> None:
    assert clean_url(address) == ""


def test_an_address_cannot_break_out() -> None:
    assert clean_url('https://a.example/x y"<>()\\\n') == "https://a.example/x%20y%22%3C%3E%28%29%5C"


def test_the_page_asks_nobody_for_anything(snapshot: Path, build_at: Callable[..., Report]) -> None:
    report = build_at(snapshot, names=False)
    for path in (report.dashboard, report.summary_html):
        page = path.read_text(encoding="utf-8")
        assert "://" not in page
        assert not re.search(r"(?i)\bsrc\s*=|@import|url\((?!#)|<link|<iframe|fetch|XMLHttp|import\(", page)
        assert "default-src 'none'" in page


def test_without_names_nothing_of_the_desk_is_read(
    snapshot: Path, tmp_path: Path, build_at: Callable[..., Report]
) -> None:
    bare = Path(shutil.copytree(snapshot, tmp_path / snapshot.name))
    (bare / "desk.duckdb").unlink()
    report, same = build_at(snapshot, names=False), build_at(bare, names=False)
    for path in report.folder.iterdir():
        content = path.read_bytes()
        assert content == (same.folder / path.name).read_bytes()
        assert b"alert" not in content
        assert b"n0000" not in content
        assert b"Newcomers" not in content


def test_a_report_with_names_is_private(report: Report) -> None:
    for path in report.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_few_members_are_not_spoken_of(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(newcomers=3)), minimum_cell=5)
    stored = report.facts.read_text(encoding="utf-8")
    slots = {slot["name"]: slot for slot in json.loads(stored)["slots"]}
    few = slots["new_members.all.now"]
    assert (few["value"], few["text"], few["withheld"]) == (None, "fewer than 5", True)
    assert slots["new_members.all.change"]["value"] is None
    assert slots["status.banned"]["text"] == "fewer than 5"
    assert "▲ +3" not in report.dashboard.read_text(encoding="utf-8")


def test_a_total_does_not_give_a_small_source_away() -> None:
    values = {("all", "joins"): 20.0, ("a", "joins"): 3.0, ("b", "joins"): 7.0, ("c", "joins"): 10.0}
    assert small_cells(values, 5) == {("a", "joins"), ("b", "joins")}
    assert small_cells({**values, ("a", "joins"): 0.0}, 5) == set()
    # two that are four together: 14 less 10 would say so; two that are six are told by nothing
    few = {("all", "joins"): 14.0, ("a", "joins"): 3.0, ("b", "joins"): 1.0, ("c", "joins"): 10.0}
    assert small_cells(few, 5) == {("a", "joins"), ("b", "joins"), ("c", "joins")}
    assert small_cells({**few, ("b", "joins"): 3.0}, 5) == {("a", "joins"), ("b", "joins")}


def test_a_total_does_not_give_the_few_of_a_status_away(snapshot: Path, tmp_path: Path) -> None:
    shutil.copytree(snapshot, folder := tmp_path / "snapshot")
    with duckdb.connect(str(folder / "community.duckdb")) as connection:
        connection.execute("create or replace table marts.member_status (scope varchar, status varchar, role varchar)")
        for scope, count in (("all", 31), ("a", 3), ("b", 8), ("c", 20)):
            connection.execute(
                "insert into marts.member_status select ?, 'banned', 'member' from range(?)", [scope, count]
            )
    with Snapshot(folder, names=False) as read:
        board = Board("s", Language("en", ZoneInfo("UTC")), 5)
        told = {scope: read_statuses(read, board, scope)[0][1].text for scope in ("all", "a", "b", "c")}
    assert told == {"all": "31", "a": "fewer than 5", "b": "not shown", "c": "20"}


def test_what_only_covers_another_is_not_called_small() -> None:
    board = Board("s", Language("en", ZoneInfo("UTC")), 5)
    row = Binding("marts.fct_memberships", {}, "member_key", "joins")
    assert board.add("small", row, 3, "integer", withheld=True).text == "fewer than 5"
    assert board.add("cover", row, 7, "integer", withheld=True).text == "not shown"
    assert board.add("unknown", row, None, "integer").text == "not known"


def test_messages_of_few_authors_are_withheld() -> None:
    values = {("all", "posters"): 4.0, ("all", "posts"): 60.0, ("all", "comments"): 0.0}
    assert small_cells(values, 5) == {("all", "posters"), ("all", "posts")}


def test_charts_leave_small_values_out(report: Report) -> None:
    from datetime import date

    one, two, three = date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)
    series = {one: 50.0, two: 60.0, three: None}
    assert quiet_series(series, {one: 3.0, two: 9.0}, 5) == {one: None, two: 60.0, three: None}
