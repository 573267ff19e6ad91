"""The verifier finds any change of a report: a digit, a sign, a word, a fact, a row."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from reports.build import FORMS, Report
from reports.facts import Options
from reports.pdf import write_pdf
from reports.snapshot import ReportError
from reports.verify import Proof, check_form, prove, unbound_numbers, verify

LOCALES = ("en", "fr", "ru")


def options(locale: str) -> Options:
    return Options("Agora 2000", locale, 5, True, "Europe/Paris")


@pytest.fixture(scope="module")
def proofs(snapshot: Path) -> dict[str, Proof]:
    return {locale: prove(snapshot, options(locale)) for locale in LOCALES}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_fresh_report_is_proven(snapshot: Path, build_at: Callable[..., Report], locale: str) -> None:
    report = build_at(snapshot, locale=locale, community="Agora 2000")
    assert verify(report.folder, snapshot) == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("form", ["summary.md", "summary.txt", "summary.html"])
def test_every_digit_of_the_text_is_bound(proofs: dict[str, Proof], locale: str, form: str) -> None:
    proof = proofs[locale]
    content = proof.files[form]
    assert unbound_numbers(form, content, proof) == []
    begin = content.index("<body") if form.endswith("html") else 0
    inside = re.compile(r"<[^>]*>|&#?\w+;") if form.endswith("html") else re.compile(r"(?!)")
    tags = [match.span() for match in inside.finditer(content)]
    places = [m.start() for m in re.finditer(r"\d", content) if m.start() > begin]
    visible = [place for place in places if not any(start <= place < end for start, end in tags)]
    assert len(visible) > 60
    for place in visible:
        changed = content[:place] + str((int(content[place]) + 1) % 10) + content[place + 1 :]
        # found by the tokens alone, before bytes are compared
        assert unbound_numbers(form, changed, proof), content[place - 20 : place + 20]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_nobody_bound_is_found(proofs: dict[str, Proof], locale: str) -> None:
    proof = proofs[locale]
    added = proof.files["summary.txt"] + "and 17 more\n"
    assert "the number 17 is bound to no slot" in unbound_numbers("summary.txt", added, proof)[0]
    removed = re.sub(r"\d+", "", proof.files["summary.txt"], count=1)
    assert unbound_numbers("summary.txt", removed, proof)


# directions and units, each with what would turn the sentence round
TURNED = {
    "en": (("more than", "fewer than"), ("days", "hours"), ("observed", "missing")),
    "fr": (("de plus que", "de moins que"), ("jours", "heures"), ("observés", "manqués")),
    "ru": (("больше", "меньше"), ("дней", "часов"), ("наблюдалось", "пропущено")),
}
SIGNS = {"+": "\u2212", "\u2212": "+", "%": "\u2030", "▲": "▼", "▼": "▲"}


def mutations(content: str, locale: str, most: int) -> Iterator[str]:
    """The text with one digit, sign, direction or unit altered; of digits and signs at most so many, evenly spread."""
    places = [match.start() for match in re.finditer(f"[{''.join(SIGNS)}\\d]", content)]
    for place in places[:: max(1, len(places) // most)]:
        old = content[place]
        new = SIGNS.get(old) or str((int(old) + 1) % 10)
        yield content[:place] + new + content[place + 1 :]
    for word, other in TURNED[locale]:
        if word in content:
            yield content.replace(word, other, 1)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("form", FORMS)
def test_any_digit_sign_direction_or_unit_altered_is_found(proofs: dict[str, Proof], locale: str, form: str) -> None:
    content = proofs[locale].files[form]
    assert check_form(form, content, proofs[locale]) == []
    for changed in mutations(content, locale, 4 if form == "dashboard.html" else 60):
        assert changed != content
        assert check_form(form, changed, proofs[locale])


@pytest.mark.parametrize("locale", LOCALES)
def test_directions_and_units_are_there_to_be_altered(proofs: dict[str, Proof], locale: str) -> None:
    page = proofs[locale].files["dashboard.html"]
    assert all(word in page for word, _ in TURNED[locale])


def test_a_changed_value_on_the_page_is_found(proofs: dict[str, Proof]) -> None:
    proof = proofs["en"]
    tile = '<span data-slot="active.all.now">205</span>'
    assert tile in proof.files["dashboard.html"]
    changed = proof.files["dashboard.html"].replace(tile, tile.replace("205", "206"), 1)
    problems = check_form("dashboard.html", changed, proof)
    assert "dashboard.html: active.all.now reads '206', the facts say '205'" in problems


def copy(report: Report, into: Path) -> Path:
    return Path(shutil.copytree(report.folder, into / "report"))


def test_facts_that_were_changed_are_found(report: Report, snapshot: Path, tmp_path: Path) -> None:
    folder = copy(report, tmp_path)
    stored = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    slot = next(slot for slot in stored["slots"] if slot["name"] == "posts.all.now")
    slot["value"] += 1
    (folder / "facts.json").write_text(json.dumps(stored), encoding="utf-8")
    assert any(line.startswith("posts.all.now: value is ") for line in verify(folder, snapshot))
    slot["value"] -= 1
    stored["slots"].append({**slot, "name": "posts.all.later"})
    (folder / "facts.json").write_text(json.dumps(stored), encoding="utf-8")
    assert "posts.all.later: is not a fact of the snapshot" in verify(folder, snapshot)


@pytest.mark.parametrize("name", ["facts.json", "summary.md", "summary.txt", "summary.html", "dashboard.html"])
def test_a_missing_or_broken_file_is_found(report: Report, snapshot: Path, tmp_path: Path, name: str) -> None:
    folder = copy(report, tmp_path)
    (folder / name).unlink()
    assert f"{name}: cannot be read" in verify(folder, snapshot)
    (folder / name).write_bytes(b"\xff\xfe{")
    assert verify(folder, snapshot)


def test_a_changed_or_missing_picture_is_found(report: Report, snapshot: Path, tmp_path: Path) -> None:
    picture = copy(report, tmp_path) / "active.svg"
    drawn = picture.read_text(encoding="utf-8")
    picture.write_text(drawn.replace('height="', 'height="1', 1), encoding="utf-8")
    assert verify(picture.parent, snapshot) == ["active.svg: is not what the facts make it"]
    picture.unlink()
    assert verify(picture.parent, snapshot) == ["active.svg: is not what the facts make it"]


def test_a_changed_pdf_is_found(report: Report, snapshot: Path, tmp_path: Path) -> None:
    try:
        drawn = write_pdf(copy(report, tmp_path))
    except ReportError as error:
        pytest.skip(str(error))
    assert verify(drawn.parent, snapshot) == []
    drawn.write_bytes(drawn.read_bytes().replace(b"/Type", b"/Tipe", 1))
    assert verify(drawn.parent, snapshot) == ["summary.pdf: is not what the facts make it"]


def test_another_snapshot_does_not_prove_it(report: Report, snapshot: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(snapshot, tmp_path / "other"))
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    (other / "manifest.json").write_text(json.dumps({**manifest, "snapshot_id": "other"}), encoding="utf-8")
    assert verify(report.folder, other) == ["facts.json: made from snapshot 20260629T000000Z-aaaa, not other"]


def test_a_row_that_was_changed_is_found(report: Report, snapshot: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(snapshot, tmp_path / "other"))
    with duckdb.connect(str(other / "community.duckdb")) as connection:
        connection.execute(
            "update marts.engagement_daily set posts = posts + 1 where scope = 'all' and local_date = date '2026-06-24'"
        )
    assert any(line.startswith("posts.all.now: value is ") for line in verify(report.folder, other))


def test_a_week_partly_unobserved_has_no_share_of_answers_and_is_proven(
    snapshot: Path, build_at: Callable[..., Report], tmp_path: Path
) -> None:
    other = Path(shutil.copytree(snapshot, tmp_path / "other"))
    with duckdb.connect(str(other / "community.duckdb")) as connection:
        connection.execute("update marts.engagement_daily set posts = null where local_date = date '2026-06-24'")
    report = build_at(other)
    slots = {slot["name"]: slot for slot in json.loads(report.facts.read_text(encoding="utf-8"))["slots"]}
    assert slots["answered.all.whole"]["value"] is None
    assert verify(report.folder, other) == []


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Path, build_at: Callable[..., Report]) -> None:
    first, second = build_at(snapshot), build_at(snapshot)
    for path in first.folder.iterdir():
        assert path.read_bytes() == (second.folder / path.name).read_bytes()
