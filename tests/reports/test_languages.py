"""Three languages: complete catalogues, right plurals, the locale's own numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from reports.build import Report
from reports.language import FOLDER, LANGUAGES, Language

ROOM = FOLDER.parent
ONE, MANY = "{period}: {count} member was active", "{period}: {count} members were active"


def language(code: str) -> Language:
    return Language(code, ZoneInfo("UTC"))


def messages() -> Iterator[tuple[str, ...]]:
    found = extract_from_dir(
        str(ROOM),
        method_map=[("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")],
        keywords={"_": None, "plural": (1, 2)},
    )
    for _, _, message, _, _ in found:
        yield message if isinstance(message, tuple) else (message,)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_is_translated_with_its_placeholders(code: str) -> None:
    with (FOLDER / code / "LC_MESSAGES" / "muster.po").open("rb") as file:
        catalog = read_po(file, locale=code)
    used = {message[0] for message in messages()}
    assert len(used) > 60
    assert used == {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalog if message.id}
    for message in catalog:
        if not message.id:
            continue
        wanted = set(re.findall(r"{\w+}", str(message.id)))
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(forms) == (catalog.num_plurals if isinstance(message.id, tuple) else 1), message.id
        for form in forms:
            assert form, message.id
            assert set(re.findall(r"{\w+}", form)) == wanted, message.id
            # a digit in a sentence would be a number bound to no slot
            assert not re.search(r"\d", form), message.id


@pytest.mark.parametrize(
    ("count", "wanted"),
    [
        (1, "участник был активен"),
        (2, "участника были активны"),
        (5, "участников были активны"),
        (11, "участников были активны"),
        (21, "участник был активен"),
        (22, "участника были активны"),
        (25, "участников были активны"),
        (111, "участников были активны"),
        (0, "участников были активны"),
    ],
)
def test_russian_plurals(count: int, wanted: str) -> None:
    assert language("ru").plural(ONE, MANY, count).endswith(wanted)


@pytest.mark.parametrize(
    ("count", "questions", "members"),
    [
        (1, "1 открытый вопрос", "1 постоянному участнику, который замолчал"),
        (2, "2 открытых вопроса", "2 постоянным участникам, которые замолчали"),
        (5, "5 открытых вопросов", "5 постоянным участникам, которые замолчали"),
        (11, "11 открытых вопросов", "11 постоянным участникам, которые замолчали"),
        (21, "21 открытый вопрос", "21 постоянному участнику, который замолчал"),
        (22, "22 открытых вопроса", "22 постоянным участникам, которые замолчали"),
        (25, "25 открытых вопросов", "25 постоянным участникам, которые замолчали"),
    ],
)
def test_russian_cases_follow_the_number(count: int, questions: str, members: str) -> None:
    words = language("ru")
    one, many = (f"Answer {{count}} open question{s}; the oldest has waited {{wait}}." for s in ("", "s"))
    assert questions in words.plural(one, many, count).format(count=count, wait="")
    one, many = (
        "Write to {count} regular member who has gone quiet.",
        "Write to {count} regular members who have gone quiet.",
    )
    assert members in words.plural(one, many, count).format(count=count)


@pytest.mark.parametrize(
    ("code", "count", "wanted"),
    [
        ("fr", 0, "membre a été actif"),
        ("fr", 1, "membre a été actif"),
        ("fr", 2, "membres ont été actifs"),
        ("en", 0, "members were active"),
        ("en", 1, "member was active"),
    ],
)
def test_french_and_english_plurals(code: str, count: int, wanted: str) -> None:
    assert language(code).plural(ONE, MANY, count).endswith(wanted)


@pytest.mark.parametrize(
    ("code", "kind", "value", "wanted"),
    [
        ("en", "integer", 1234567, "1,234,567"),
        ("fr", "integer", 1234567, "1\u202f234\u202f567"),
        ("ru", "integer", 1234567, "1\u00a0234\u00a0567"),
        ("en", "signed", -12, "\u221212"),
        ("fr", "signed", 1200, "+1\u202f200"),
        ("ru", "signed", 0, "0"),
        ("en", "signed_percent", 0.0789, "+7.9%"),
        ("fr", "signed_percent", -0.0789, "\u22127,9\u00a0%"),
        ("ru", "signed_percent", 0.331, "+33\u00a0%"),
        ("en", "percent", 0.0004, "0%"),
        ("en", "day", date(2026, 6, 24), "Wed, Jun 24"),
        ("fr", "day", date(2026, 6, 24), "mer. 24 juin"),
        ("ru", "day", date(2026, 6, 24), "ср, 24 июн."),
        ("fr", "interval", (date(2026, 6, 29), date(2026, 7, 5)), "29 juin\u2009–\u20095 juil. 2026"),
    ],
)
def test_numbers_and_dates_follow_the_locale(code: str, kind: str, value: Any, wanted: str) -> None:
    assert language(code).format(kind, value) == wanted


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        ("en", "Jun 22\u2009–\u200928, 2026: 205 members were active, 15 more than the week before (+7.9%)."),
        (
            "fr",
            "22–28 juin 2026\u00a0: 205 membres ont été actifs, 15 de plus que la semaine précédente (+7,9",
        ),
        ("ru", "22–28 июн. 2026\u202fг.: 205 участников были активны, на 15 больше, чем неделей раньше (+7,9\u00a0%)."),
    ],
)
def test_the_headline_reads_as_a_sentence(
    snapshot: Path, build_at: Callable[..., Report], locale: str, wanted: str
) -> None:
    report = build_at(snapshot, locale=locale)
    assert report.headline.startswith(wanted)
    assert f'<html lang="{locale}">' in report.dashboard.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["fr", "ru"])
def test_no_english_is_left(snapshot: Path, build_at: Callable[..., Report], locale: str) -> None:
    text = build_at(snapshot, locale=locale, names=False).summary_txt.read_text(encoding="utf-8")
    assert not re.search(r"\b(members|week|the|not known|Posts|Comments|Joined|Left)\b", text)
