"""How alike the names of two accounts are, across scripts; pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

# ways of writing one sound that differ from one passport to the next; doubled letters are one by then
_SAME = (("y", "i"), ("j", "i"), ("w", "v"), ("shch", "sch"), ("kh", "h"), ("zh", "z"), ("ts", "c"), ("iu", "u"),
         ("ia", "a"))  # fmt: skip
# precision and recall at this and other bounds: docs/identities.md
LEAST = 0.84
SHORTEST = 3  # letters: two say nothing
COMMONEST = 20  # accounts that share a form: more, and it tells nobody apart
_INITIAL, _BARE = 0.9, 0.95  # what 'alovelace' and 'ada87' are worth beside 'Ada Lovelace' and 'ada'


@dataclass(frozen=True)
class Candidate:
    """An account as it is known by name; `person` is the word the identities file has for it."""

    source: str
    account_id: str
    handle: str | None
    display_name: str | None
    member_key: str
    person: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        """What it is known by for good."""
        return self.source, self.account_id


@dataclass(frozen=True)
class Pair:
    """Two accounts of different sources and why they may be one person's; likeness from 0 to 1."""

    one: Candidate
    other: Candidate
    likeness: float
    reason: str


@dataclass(frozen=True)
class Form:
    """One way of writing an account's name: what of it, and what a match is worth."""

    owner: Candidate
    text: str
    worth: float
    what: str


@lru_cache(maxsize=200_000)
def words(name: str | None) -> tuple[str, ...]:
    """A name's words in small Latin letters, sounds spelled one way; none for what holds no letter or digit."""
    # an ideograph is a word; emoji and marks are none
    apart = "".join(f" {c} " if "\u4e00" <= c <= "\u9fff" else c if _is_letter(c) else " " for c in name or "")
    text = re.sub(r"[^a-z0-9 ]", "", anyascii(apart).lower())
    for written, meant in _SAME:
        text = re.sub(r"([a-z])\1+", r"\1", text.replace(written, meant))
    return tuple(text.split())


def key(name: str | None) -> str:
    """What ways of writing one name have in common: 'Ada Lovelace' is 'Lovelace, Ada'."""
    return "".join(sorted(words(name)))


def pairs(accounts: Iterable[Candidate]) -> list[Pair]:
    """The likely pairs: each account with the one most like it in another source, if that is mutual; most alike first.

    Where two are equally alike nothing tells them apart, and neither is listed.
    """
    best: dict[tuple[tuple[str, str], str], list[Pair]] = defaultdict(list)
    for pair in _compared(list(accounts)):
        for here, there in ((pair.one, pair.other), (pair.other, pair.one)):
            found = best[here.place, there.source]
            if not found or pair.likeness > found[0].likeness:
                found[:] = [pair]
            elif pair.likeness == found[0].likeness and {pair.one, pair.other} != {found[0].one, found[0].other}:
                found.append(pair)
    chosen = {found[0] for found in best.values() if len(found) == 1 and _is_mutual(found[0], best)}
    return sorted(chosen, key=lambda p: (-p.likeness, p.one.place, p.other.place))


def _is_mutual(pair: Pair, best: dict[tuple[tuple[str, str], str], list[Pair]]) -> bool:
    there, back = best[pair.one.place, pair.other.source], best[pair.other.place, pair.one.source]
    return there == [pair] == back


def _compared(accounts: list[Candidate]) -> Iterator[Pair]:
    """Pairs of unlinked accounts of different sources whose names are the same, or share a beginning and are alike."""
    same: dict[str, list[Form]] = defaultdict(list)
    begins: dict[str, list[Form]] = defaultdict(list)
    for account in accounts:
        for form in forms(account):
            same[form.text].append(form)
            if form.worth == 1:
                begins[form.text[:SHORTEST]].append(form)
    for shared in same.values():
        if len({form.owner.place for form in shared}) <= COMMONEST:
            yield from _alike(shared, "same")
    for block in begins.values():
        yield from _alike(block, "similar")


def forms(account: Candidate) -> list[Form]:
    """The ways of writing an account's handle and name that are long enough to tell anything."""
    handle = (account.handle or "").removeprefix("@").partition(":")[0]  # '@ada:example.org' is ada's
    name = words(account.display_name)
    found = [(key(handle), 1.0, "handle"), (key(account.display_name), 1.0, "name")]
    found.append((key(handle).strip("0123456789"), _BARE, "handle"))
    if len(name) == 2 and min(map(len, name)) > 1:
        given, family = name
        found += [(text, _INITIAL, "name") for text in (given[0] + family, given + family[0], family + given[0])]
    return [Form(account, text, worth, what) for text, worth, what in found if len(text) >= SHORTEST]


def _alike(block: list[Form], word: str) -> Iterator[Pair]:
    for a, b in combinations(block, 2):
        if not _may_be_one(a.owner, b.owner):
            continue
        one, other = (a, b) if a.owner.place < b.owner.place else (b, a)
        share = 1.0 if word == "same" else ratio(one.text, other.text, score_cutoff=100 * LEAST) / 100
        # a short name says less
        likeness = share * one.worth * other.worth * min(1.0, 0.9 + min(len(one.text), len(other.text)) / 100)
        if likeness >= LEAST:
            what = one.what if one.what == other.what else f"{one.what} and {other.what}"
            yield Pair(one.owner, other.owner, likeness, f"{word} {what}")


def _may_be_one(one: Candidate, other: Candidate) -> bool:
    """Whether they are of different sources, not linked, and not two persons by the user's own word."""
    told_apart = one.person is not None and other.person is not None
    return one.source != other.source and one.member_key != other.member_key and not told_apart


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
