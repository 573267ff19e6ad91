"""Draws the people of a community: who they are, when they come, how they live and when they fall silent."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.hostile import HOSTILE_NAMES
from sandbox.model import Person
from sandbox.words import names

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

# share of members; chance to act on a day of life; further messages on such a day; chances a day to go for good
# and to fall silent for a while; mean days of that silence
TIERS: dict[str, tuple[float, float, float, float, float, float]] = {
    "core": (0.010, 0.60, 1.7, 1 / 2500, 1 / 400, 35.0),
    "regular": (0.065, 0.22, 0.8, 1 / 600, 1 / 130, 45.0),
    "occasional": (0.275, 0.045, 0.4, 1 / 300, 1 / 100, 60.0),
    "visitor": (0.565, 0.16, 0.3, 1 / 14, 1 / 40, 90.0),
    "observer": (0.080, 0.0, 0.0, 1 / 500, 1 / 500, 60.0),
    "staff": (0.005, 0.70, 1.2, 0.0, 1 / 300, 12.0),
}
_ANSWERED, _UNANSWERED = 0.5, 1.6
_WEEKS = ((1.0, 1.0, 1.0, 1.0, 0.9, 0.35, 0.35), (0.7, 0.7, 0.7, 0.8, 0.9, 1.5, 1.4), (1.0,) * 7)
_OFFSETS = (-8, -6, -5, -3, 0, 1, 1, 1, 2, 2, 3, 3, 5, 8, 9)


@dataclass(slots=True)
class Cast:
    """The people and, in the same order, how each behaves; day arrays are days x people."""

    people: list[Person]
    tier: list[str]
    place: list[str]
    chat_share: Floats
    chance: Floats
    burst: Floats
    week: Floats
    offset: Whole
    peak: Floats
    arrive: Whole
    lives: tuple[Flags, Flags]
    ends: tuple[Whole, Whole]
    says_goodbye: Flags


def draw(rng: random.Random, npr: np.random.Generator, members: int, messages: int, days: int, peak: range) -> Cast:
    """Draw `members` people whose expected messages over `days` days are about `messages`."""
    tier = _tiers(rng, members)
    arrive = _arrivals(npr, tier, days, peak)
    people = _people(rng, tier)
    staff = np.array([t == "staff" for t in tier])
    week = np.array([_WEEKS[0] if t == "staff" else rng.choice(_WEEKS) for t in tier])
    chance = np.array([TIERS[t][1] for t in tier]) * npr.lognormal(0.0, 0.45, members)
    luck = npr.random((2, days, members), dtype=np.float32)
    slow, fast = (_lives(tier, arrive, luck, factor, days) for factor in (_UNANSWERED, _ANSWERED))
    cast = Cast(
        people=people,
        tier=tier,
        place=_places(rng, tier),
        chat_share=npr.beta(2.0, 2.0, members),
        chance=np.minimum(chance, 0.95),
        burst=np.array([TIERS[t][2] for t in tier]),
        week=week,
        offset=np.array([person.utc_offset for person in people]),
        peak=np.where(staff, 11.0, npr.choice([10.0, 14.0, 20.0, 21.5], members)),
        arrive=arrive,
        lives=(slow[0], fast[0]),
        ends=(slow[1], fast[1]),
        says_goodbye=npr.random(members) < 0.3,
    )
    _scale(cast, messages, days)
    return cast


def _tiers(rng: random.Random, members: int) -> list[str]:
    counts = {name: max(2, round(row[0] * members)) for name, row in TIERS.items()}
    counts["visitor"] += members - sum(counts.values())
    tier = [name for name, count in counts.items() for _ in range(count)]
    rng.shuffle(tier)
    return tier


def _arrivals(npr: np.random.Generator, tier: list[str], days: int, peak: range) -> Whole:
    """Founders on the first days, then a slowly growing stream that a campaign triples."""
    weights = np.linspace(0.7, 1.3, days)
    weights[peak.start : peak.stop] *= 3.0
    arrive = npr.choice(days, len(tier), p=weights / weights.sum())
    founders = npr.random(len(tier))
    early = {"staff": 0.8, "core": 0.7, "regular": 0.35, "occasional": 0.2, "visitor": 0.03, "observer": 0.1}
    first = np.array([founders[i] < early[name] for i, name in enumerate(tier)])
    return np.where(first, npr.integers(0, max(2, days // 40), len(tier)), arrive).astype(np.int64)


def _people(rng: random.Random, tier: list[str]) -> list[Person]:
    people = [
        Person(
            number=number,
            name=name,
            handle=handle,
            role="staff" if tier[number] == "staff" else "member",
            tier=tier[number],
            utc_offset=rng.choice(_OFFSETS),
            arrived_at=0,
            email=f"{handle}@example.org",
        )
        for number, (name, handle) in enumerate(names(rng, len(tier)))
    ]
    talkers = [person for person in people if person.tier in ("regular", "occasional")]
    for person, name in zip(talkers, HOSTILE_NAMES, strict=False):
        person.name = name
    return people


def _places(rng: random.Random, tier: list[str]) -> list[str]:
    places = rng.choices(("forum", "chat", "both"), weights=(48, 32, 20), k=len(tier))
    return ["both" if name == "staff" else place for name, place in zip(tier, places, strict=True)]


def _lives(tier: list[str], arrive: Whole, luck: Any, factor: float, days: int) -> tuple[Flags, Whole]:
    """Who is there on which day, and the day each went for good (-1: never). The same luck with a smaller factor
    gives a longer life, so that an answer given in the middle of a life can only prolong it."""
    go = np.array([TIERS[t][3] for t in tier]) * factor
    pause = np.array([TIERS[t][4] for t in tier])
    back = 1.0 / np.array([TIERS[t][5] for t in tier])
    there = np.zeros(len(tier), dtype=np.bool_)
    gone = np.zeros(len(tier), dtype=np.bool_)
    end = np.full(len(tier), -1, dtype=np.int64)
    alive = np.zeros((days, len(tier)), dtype=np.bool_)
    for day in range(days):
        there |= arrive == day
        alive[day] = there
        leaving = (luck[0, day] < go) & (arrive < day) & ~gone
        end[leaving] = day
        gone |= leaving
        pausing = luck[0, day] > 1.0 - pause
        returning = (arrive < day) & (luck[1, day] < back)
        there = ~gone & ((there & ~pausing) | (~there & returning))
    return alive, end


def _scale(cast: Cast, messages: int, days: int) -> None:
    """Make the expected number of messages meet the wish, by chance first and by bursts for the rest."""
    weekday = np.arange(days) % 7
    present = 0.6 * cast.lives[0] + 0.4 * cast.lives[1]
    exposure = np.zeros(len(cast.tier))
    for day in range(7):
        exposure += present[weekday == day].sum(axis=0) * cast.week[:, day]
    firsts = 0.75 * sum(1 for name in cast.tier if name != "observer")
    for _ in range(6):
        expected = float((exposure * cast.chance * (1.0 + cast.burst)).sum())
        ratio = max(messages - firsts, messages * 0.2) / max(expected, 1.0)
        cast.chance = np.minimum(cast.chance * ratio, 0.95)
    rest = max(messages - firsts, messages * 0.2) / max(float((exposure * cast.chance * (1.0 + cast.burst)).sum()), 1.0)
    if rest > 1.02:
        cast.burst = (1.0 + cast.burst) * rest - 1.0
