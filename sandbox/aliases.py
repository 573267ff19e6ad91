"""Calls people in the chat as they call themselves in a second place: often the same, often not; some are namesakes.

Draws from a generator of its own, so that nothing else in a community depends on it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from sandbox.model import ChatUser, Community, Person

# how those who are in both places are called in the chat, and how many of a hundred
_WAYS: tuple[tuple[str, int], ...] = (
    ("same", 38), ("dotted", 12), ("numbered", 10), ("initial", 8), ("reversed", 6), ("given", 8), ("cyrillic", 10),
    ("greek", 2), ("other", 6),
)  # fmt: skip
_NAMESAKES = 0.03  # of those who are in the chat only
_CYRILLIC = dict(zip("abdefghijklmnoprstuvwz", "абдефгхийклмнопрстуввз", strict=True))
_GREEK = dict(zip("aefiklmnoprstuvz", "αεφικλμνοπρστυβζ", strict=True)) | {
    "b": "μπ", "d": "ντ", "g": "γκ", "h": "χ", "j": "τζ", "w": "ου",
}  # fmt: skip


def assign(community: Community) -> None:
    """Rename chat users in place; the forum's names, and names that are no plain Latin ones, stay."""
    rng = random.Random(f"aliases {community.seed}")
    users = community.chat.users
    plain = [one for one in community.people if one.chat_id and one.role == "member" and _is_plain(one.name)]
    both = [one for one in plain if one.forum_id is not None]
    for person in both:
        [way] = rng.choices([way for way, _ in _WAYS], [share for _, share in _WAYS])
        _CALL[way](users[str(person.chat_id)], person, rng)
    forum_only = [one for one in community.people if one.forum_id is not None and not one.chat_id]
    for person in plain:
        if person.forum_id is None and forum_only and rng.random() < _NAMESAKES:
            _named(users[str(person.chat_id)], rng.choice(forum_only).name)


def _is_plain(name: str) -> bool:
    return len(name.split()) == 2 and name.replace(" ", "").isascii() and name.replace(" ", "").isalpha()


def _named(user: ChatUser, name: str, handle: str | None = None) -> None:
    user.real_name, user.display_name = name, name if user.display_name else ""
    user.name = handle or user.name


def _same(_user: ChatUser, _person: Person, _rng: random.Random) -> None:
    pass


def _dotted(user: ChatUser, person: Person, _rng: random.Random) -> None:
    _named(user, person.name, person.name.lower().replace(" ", "."))


def _numbered(user: ChatUser, person: Person, rng: random.Random) -> None:
    _named(user, person.name, f"{person.name.split()[0].lower()}{rng.randrange(60, 100)}")


def _initial(user: ChatUser, person: Person, _rng: random.Random) -> None:
    given, family = person.name.split()
    _named(user, f"{given} {family[0]}.", f"{given[0]}{family}".lower())


def _reversed(user: ChatUser, person: Person, rng: random.Random) -> None:
    _named(user, " ".join(reversed(person.name.split())), _nickname(rng))


def _given(user: ChatUser, person: Person, _rng: random.Random) -> None:
    given = person.name.split()[0]
    _named(user, given, given.lower())


def _cyrillic(user: ChatUser, person: Person, rng: random.Random) -> None:
    _named(user, _spelt(person.name, _CYRILLIC), _nickname(rng))


def _greek(user: ChatUser, person: Person, rng: random.Random) -> None:
    _named(user, _spelt(person.name, _GREEK), _nickname(rng))


def _other(user: ChatUser, _person: Person, rng: random.Random) -> None:
    _named(user, _nickname(rng).capitalize(), _nickname(rng))


_CALL: dict[str, Callable[[ChatUser, Person, random.Random], None]] = {
    "same": _same, "dotted": _dotted, "numbered": _numbered, "initial": _initial, "reversed": _reversed,
    "given": _given, "cyrillic": _cyrillic, "greek": _greek, "other": _other,
}  # fmt: skip


def _spelt(name: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in name.lower()).title()


def _nickname(rng: random.Random) -> str:
    """A word that says nothing of anybody's name."""
    return f"{rng.choice(('owl', 'moss', 'ember', 'dusk', 'reed', 'flint', 'wick'))}{rng.randrange(1000, 10_000)}"
