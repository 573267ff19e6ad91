"""Invented names and English-like sentences of a community that tinkers with garden lanterns."""

from __future__ import annotations

import random
from dataclasses import dataclass

_THINGS = (
    "lantern",
    "relay board",
    "solar panel",
    "dusk sensor",
    "battery pack",
    "charge controller",
    "light strip",
    "timer module",
    "garden gate",
    "moth filter",
    "fog lamp",
    "base station",
    "antenna mast",
    "rain cover",
    "firmware image",
    "wiring loom",
    "dimmer",
    "path light",
    "pond pump",
    "weather mast",
    "glow curve",
    "test bench",
)
_QUALITIES = (
    "new",
    "old",
    "second",
    "cheap",
    "borrowed",
    "repaired",
    "wireless",
    "tiny",
    "northern",
    "spare",
    "noisy",
    "painted",
    "printed",
    "leaking",
    "sealed",
    "quiet",
)
_ACTS = (
    "flickers after rain",
    "drains overnight",
    "works since the last update",
    "loses its settings",
    "needs another fuse",
    "holds its charge for a week",
    "reports a wrong dusk",
    "runs warm at noon",
    "fits the small housing",
    "hums at full power",
    "starts late in winter",
    "survived the storm",
    "blinks twice and stops",
    "took an afternoon to mount",
    "draws less current than expected",
    "looks lovely at night",
)
_ASIDES = (
    "in the back garden",
    "on the shed roof",
    "near the pond",
    "with the summer profile",
    "behind the hedge",
    "after a cold night",
    "on the shared plot",
    "at the old mill",
    "for the lantern walk",
    "without the cover",
)
_STATEMENTS = (
    "My {q} {t} {a} {s}.",
    "The {q} {t} {a}.",
    "We measured it again and the {t} {a}.",
    "It seems the {t} {a} {s}.",
    "I swapped the {t} for a {q} one {s}.",
    "Here the {q} {t} {a} too.",
    "A {q} {t} and a {t2} did the job {s}.",
)
_QUESTIONS = (
    "Does your {q} {t} behave like this {s}?",
    "How do you mount the {q} {t} {s}?",
    "Why would a {t} that {a} do so?",
    "Which {t} goes with the {q} {t2}?",
    "Has anybody seen a {t} that {a}?",
    "Can the {t} share power with the {t2}?",
)
_TITLES = (
    "{q} {t} {a}",
    "{q} {t} and {t2} {s}",
    "Notes on the {q} {t}",
    "Building a {t} {s}",
    "The {t} that {a}",
)
_ASKED_TITLES = ("How to fix a {t} that {a}?", "Which {q} {t} {s}?", "{t} {a}: any idea?", "Is the {q} {t} safe {s}?")
_THANKS = (
    "Thank you, that helped.",
    "Great, the light is back.",
    "Good point, I will try it tonight.",
    "Well done!",
    "Same here.",
    "That is how I did it as well.",
    "Have a look at the wiring first.",
    "Welcome to the garden!",
)
_CODE = ("dusk = read(sensor)\nif dusk ? on : off", "lantern --profile winter --verbose", "retry(3, wait=2)  # why?")
_ONSETS = ("b", "br", "d", "f", "g", "h", "j", "k", "kl", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "w", "z")
_VOWELS = ("a", "e", "i", "o", "u", "ae", "ia", "ou")
_CODAS = ("", "", "l", "n", "r", "s", "m", "nd", "rk", "th")


@dataclass(slots=True)
class Words:
    """Pools of ready sentences; drawing from a pool is much cheaper than composing each anew."""

    rng: random.Random
    statements: list[str]
    questions: list[str]

    @classmethod
    def make(cls, rng: random.Random) -> Words:
        """Compose the pools."""
        return cls(
            rng,
            [_compose(rng, _STATEMENTS) for _ in range(1500)],
            [_compose(rng, _QUESTIONS) for _ in range(600)],
        )

    def say(self, most: int = 4) -> str:
        """One to `most` statements, a short word now and then, never a question mark."""
        rng = self.rng
        if rng.random() < 0.18:
            return rng.choice(_THANKS)
        return " ".join(rng.choices(self.statements, k=1 + int(rng.random() * rng.random() * most)))

    def ask(self) -> str:
        """A statement or two and a question."""
        return f"{self.say(3)} {self.rng.choice(self.questions)}"

    def title(self, asked: bool) -> str:
        """A topic's title."""
        text = _compose(self.rng, _ASKED_TITLES if asked else _TITLES)
        return text[0].upper() + text[1:]

    def code(self) -> str:
        """A line or two of code; some hold a question mark that asks nothing."""
        return self.rng.choice(_CODE)

    def link(self) -> str:
        """An address that leads nowhere."""
        return f"https://example.org/{self.rng.choice(_THINGS).replace(' ', '-')}/{self.rng.randrange(1000)}"

    def emoji(self) -> str:
        """A reaction's name."""
        return self.rng.choice(("+1", "heart", "tada", "eyes", "lantern", "raised_hands", "thumbsup::skin-tone-3"))


def _compose(rng: random.Random, forms: tuple[str, ...]) -> str:
    things = rng.sample(_THINGS, 2)
    return rng.choice(forms).format(
        q=rng.choice(_QUALITIES), t=things[0], t2=things[1], a=rng.choice(_ACTS), s=rng.choice(_ASIDES)
    )


def names(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """`count` invented (full name, unique handle) pairs."""
    seen: dict[str, int] = {}
    pairs = []
    for _ in range(count):
        given, family = _word(rng, 2), _word(rng, 2)
        base = (given + family[:3]).lower()
        seen[base] = seen.get(base, 0) + 1
        pairs.append((f"{given} {family}", base if seen[base] == 1 else f"{base}_{seen[base]}"))
    return pairs


def _word(rng: random.Random, syllables: int) -> str:
    parts = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(syllables)]
    return ("".join(parts) + rng.choice(_CODAS)).capitalize()


def slug(title: str) -> str:
    """A Discourse-like slug; `topic` when nothing is left."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())
    return "-".join(part for part in kept.split("-") if part) or "topic"
