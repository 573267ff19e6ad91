"""Proves a report against its snapshot: every slot read again, every number in the text bound to a slot, every byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reports import pdf
from reports.build import FORMS, PICTURE, render_all
from reports.facts import Facts, Options, collect
from reports.language import LANGUAGES
from reports.pagetext import read_page
from reports.read import READABLE, read
from reports.slots import Slot, plain
from reports.snapshot import Snapshot

DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Proof:
    """What a report must be, worked out from the snapshot alone: its slots, and the text of each of its files."""

    facts: Facts
    files: dict[str, str]
    forms: dict[str, list[str]]
    problems: list[str]

    @property
    def slots(self) -> dict[str, Slot]:
        """The proven slots by name."""
        return self.facts.board.slots


def verify(report_dir: Path, snapshot: Path) -> list[str]:
    """What is wrong with a report, one line each; an empty list means that every number is proven.

    The facts are collected again and compared with facts.json; each slot that names a row is read from that row by
    a query of its own; the numbers of each form, in order, must be those of its slots; and each form, written anew
    from the proven facts, must be the same byte for byte, so that a changed word or sign is found too.
    """
    stored, problems = _load(report_dir / "facts.json")
    options, more = _options(stored)
    if options is None:
        return problems + more
    proof = prove(snapshot, options)
    if stored.get("snapshot") != proof.facts.board.snapshot_id:
        return [f"facts.json: made from snapshot {stored.get('snapshot')}, not {proof.facts.board.snapshot_id}"]
    problems += _slots(stored, proof) + proof.problems
    if stored != json.loads(proof.files["facts.json"]) and not problems:
        problems.append("facts.json: differs from the facts of the snapshot")
    for form in FORMS:
        try:
            content = (report_dir / form).read_bytes().decode("utf-8")
        except (OSError, ValueError):
            problems.append(f"{form}: cannot be read")
        else:
            problems += check_form(form, content, proof)
    return [*problems, *_picture(report_dir / PICTURE, proof.files.get(PICTURE)), *_pdf(report_dir / pdf.NAME, proof)]


def _picture(path: Path, drawn: str | None) -> list[str]:
    """The letter's picture must be there if one is to be drawn, and byte for byte the drawing of the facts."""
    found = path.read_bytes() if path.is_file() else None
    return [] if found == (drawn.encode() if drawn else None) else [f"{path.name}: is not what the facts make it"]


def _pdf(path: Path, proof: Proof) -> list[str]:
    """A PDF, where there is one, must be byte for byte what the proven page makes."""
    if not path.is_file():
        return []
    drawn = pdf.pdf(proof.files["summary.html"])
    return [] if path.read_bytes() == drawn else [f"{path.name}: is not what the facts make it"]


def made_from(report_dir: Path) -> str:
    """The id of the snapshot that a report says it was made from; a bare name, whatever the file says."""
    stored, _ = _load(report_dir / "facts.json")
    return Path(str(stored.get("snapshot") or "unknown")).name


def prove(snapshot: Path, options: Options) -> Proof:
    """Collect the facts again, read each row again, and write every form anew."""
    with Snapshot(snapshot, names=options.names) as opened:
        facts = collect(opened, options)
        files = render_all(opened, facts)
        problems = list(_rows(opened, facts))
    return Proof(facts, files, json.loads(files["facts.json"])["forms"], problems)


def check_form(form: str, content: str, proof: Proof) -> list[str]:
    """What is wrong with one written form: unbound numbers, changed values, any other difference."""
    problems = unbound_numbers(form, content, proof)
    if form.endswith(".html"):
        problems += _marked(form, read_page(content).slots, proof.slots)
    if content != proof.files[form]:
        problems.append(f"{form}: {_difference(content, proof.files[form])}")
    return problems


def unbound_numbers(form: str, content: str, proof: Proof) -> list[str]:
    """Numeric tokens of a form's visible text that are not, in order, those of its slots.

    The dashboard's charts and tables show whole series: there only the marked values are slots, compared one by one.
    """
    if form == "dashboard.html":
        return []
    words = read_page(content).words() if form.endswith(".html") else content
    bound = [(token, name) for name in proof.forms[form] for token in DIGITS.findall(proof.slots[name].text)]
    found = DIGITS.findall(words)
    for place, token in enumerate(found):
        if place >= len(bound):
            return [f"{form}: the number {token} is bound to no slot"]
        if token != bound[place][0]:
            return [f"{form}: the number {token} is bound to no slot; {bound[place][1]} says {bound[place][0]}"]
    return [] if len(found) == len(bound) else [f"{form}: {bound[len(found)][1]} is missing"]


def _load(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, [f"{path.name}: cannot be read"]
    return (stored, []) if isinstance(stored, dict) else ({}, [f"{path.name}: is no list of facts"])


def _options(stored: dict[str, Any]) -> tuple[Options | None, list[str]]:
    try:
        options = Options(**stored["options"])
        ZoneInfo(options.timezone)
    except (KeyError, TypeError, ValueError, OSError):
        return None, ["facts.json: does not say what was asked for"]
    if options.locale not in LANGUAGES or not isinstance(options.minimum_cell, int):
        return None, ["facts.json: was asked for in no language or privacy that is known"]
    return options, []


def _slots(stored: dict[str, Any], proof: Proof) -> list[str]:
    """Stored slots against those collected again: value, binding, and text byte for byte."""
    fresh = {slot.name: slot.as_json() for slot in proof.slots.values()}
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
