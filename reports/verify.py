"""Proves a report against its snapshot: every slot read again, every number in the text bound to a slot, every byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reports.build import FORMS, render_all
from reports.facts import Facts, Options, collect
from reports.language import LANGUAGES
from reports.read import READABLE, read
from reports.slots import Slot, plain
from reports.snapshot import Snapshot

DIGITS = re.compile(r"\d+")


def verify(report_dir: Path, snapshot: Path) -> list[str]:
    """What is wrong with a report, one line each; an empty list means that every number is proven.

    The facts are collected again and compared with facts.json; each slot that names a row is read from that row by
    a query of its own; the numbers of each form, in order, must be those of its slots; and each form, written anew
    from the proven facts, must be the same byte for byte, so that a changed word or sign is found too.
    """
    stored, problems = _load(report_dir / "facts.json")
    options, more = _options(stored)
    problems += more
    if options is None:
        return problems
    with Snapshot(snapshot, names=options.names) as opened:
        if stored.get("snapshot") != opened.id:
            return [f"facts.json: made from snapshot {stored.get('snapshot')}, not {opened.id}"]
        facts = collect(opened, options)
        files = render_all(opened, facts)
        proven = dict(facts.board.slots)
        problems += _slots(stored, facts)
        problems += _rows(opened, facts)
    expected = json.loads(files["facts.json"])
    if {name: stored.get(name) for name in expected} != expected or set(stored) != set(expected):
        problems += [] if problems else ["facts.json: differs from the facts of the snapshot"]
    for form in FORMS:
        problems += _form(report_dir / form, expected["forms"][form], proven, files[form])
    return problems


def _load(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, [f"{path.name}: cannot be read"]
    return (stored, []) if isinstance(stored, dict) else ({}, [f"{path.name}: is no list of facts"])


def _options(stored: dict[str, Any]) -> tuple[Options | None, list[str]]:
    try:
        options = Options(**stored["options"])
    except (KeyError, TypeError):
        return None, ["facts.json: does not say what was asked for"]
    if options.locale not in LANGUAGES or not isinstance(options.minimum_cell, int):
        return None, ["facts.json: was asked for in no language or privacy that is known"]
    return options, []


def _slots(stored: dict[str, Any], facts: Facts) -> list[str]:
    """Stored slots against those collected again: value, binding, and text byte for byte."""
    fresh = {slot.name: slot.as_json() for slot in facts.board.slots.values()}
    found = {str(slot.get("name")): slot for slot in stored.get("slots", []) if isinstance(slot, dict)}
    problems = [f"{name}: is not a fact of the snapshot" for name in found if name not in fresh]
    for name, slot in fresh.items():
        if name not in found:
            problems.append(f"{name}: is missing from facts.json")
            continue
        for field, value in slot.items():
            if found[name].get(field) != value:
                problems.append(f"{name}: {field} is {found[name].get(field)!r}, the snapshot says {value!r}")
    return problems


def _rows(snapshot: Snapshot, facts: Facts) -> Iterator[str]:
    """Each slot that names rows, read from them by its own query and formatted again."""
    for slot in facts.board.slots.values():
        if slot.binding.how not in READABLE:
            continue
        again = read(snapshot, slot.binding, facts.options.timezone)
        if slot.value is None and again is None:
            continue
        if plain(again) != plain(slot.value):
            yield f"{slot.name}: the row says {plain(again)!r}, the report {plain(slot.value)!r}"
        elif not slot.withheld and facts.language.format(slot.format, again) != slot.text:
            yield f"{slot.name}: is written {slot.text!r}"


def _form(path: Path, names: list[str], slots: dict[str, Slot], expected: str) -> list[str]:
    """One written form: its numbers in order, and all of it byte for byte."""
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        return [f"{path.name}: cannot be read"]
    problems = []
    if path.suffix == ".html":
        reader = _read_page(content)
        if path.name != "dashboard.html":
            problems += _numbers(path.name, reader.words(), names, slots)
        problems += _marked(path.name, reader.slots, slots)
    else:
        problems += _numbers(path.name, content, names, slots)
    if content != expected:
        problems.append(f"{path.name}: {_difference(content, expected)}")
    return problems


def _numbers(form: str, words: str, names: list[str], slots: dict[str, Slot]) -> list[str]:
    """Numeric tokens of the text that are not, in order, those of the slots."""
    bound = [(token, name) for name in names for token in DIGITS.findall(slots[name].text)]
    found = DIGITS.findall(words)
    for place, token in enumerate(found):
        if place >= len(bound):
            return [f"{form}: the number {token} is bound to no slot"]
        if token != bound[place][0]:
            wanted, name = bound[place]
            return [f"{form}: the number {token} is bound to no slot; {name} says {wanted}"]
    return [] if len(found) == len(bound) else [f"{form}: {bound[len(found)][1]} is missing"]


def _marked(form: str, found: list[tuple[str, str]], slots: dict[str, Slot]) -> list[str]:
    """Marked values of a page against their slots."""
    return [
        f"{form}: {name} reads {words!r}, the facts say {slots[name].text if name in slots else None!r}"
        for name, words in found
        if name not in slots or slots[name].text != words
    ]


def _difference(content: str, expected: str) -> str:
    lines, wanted = content.splitlines(), expected.splitlines()
    for number, (line, right) in enumerate(zip(lines, wanted, strict=False), start=1):
        if line != right:
            return f"line {number} reads {line.strip()[:80]!r}, the facts make it {right.strip()[:80]!r}"
    return f"has {len(lines)} lines, the facts make {len(wanted)}"


class _Page(HTMLParser):
    """The visible words of a page, and its marked values."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.slots: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._open: list[tuple[str, str | None, list[str]]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; what style and title hold is not part of the text."""
        if tag in ("style", "title", "head", "script"):
            self._silent += 1
        name = dict(attrs).get("data-slot")
        if tag in ("span", "bdi"):
            self._open.append((tag, name, []))
        self._parts.append(" " if tag in ("p", "li", "td", "th", "tr", "h1", "h2", "br") else "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element and keep its text if it was marked."""
        if tag in ("style", "title", "head", "script"):
            self._silent -= 1
        if tag in ("span", "bdi") and self._open:
            _, name, words = self._open.pop()
            if name is not None:
                self.slots.append((name, "".join(words)))

    def handle_data(self, data: str) -> None:
        """Text of the page."""
        if self._silent <= 0:
            self._parts.append(data)
        for _, _, words in self._open:
            words.append(data)

    def words(self) -> str:
        """All visible words."""
        return "".join(self._parts)


def _read_page(content: str) -> _Page:
    page = _Page()
    page.feed(content)
    page.close()
    return page
