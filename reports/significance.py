"""Which changes are real: robust scores of weekly and daily series, and control of false discoveries.

A week's figure is compared with the median of the eight weeks before; how far such figures usually stray is
learned from up to 26 earlier weeks that were each compared in the same way (so trend and rhythm are in it), by
the median absolute deviation, and never taken below what counting alone would make vary. A day is scored
against its own weekday: log1p, median of eight weeks, residuals pooled over 56 days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist, median

WEEKS = 8
KNOWN_WEEKS = 6
HISTORY = 26
RESIDUALS = 8
POOL_DAYS = 56
MAD_TO_SD = 1.4826
Values = Sequence[float | None]


@dataclass(frozen=True)
class Score:
    """How unusual the last value is: what was usual, the 95 % range of usual values, the two-sided p."""

    value: float
    usual: float
    lo: float
    hi: float
    p: float

    @property
    def effect(self) -> float:
        """Relative difference from the usual."""
        return (self.value - self.usual) / max(self.usual, 1.0)


def score_week(values: Values) -> Score | None:
    """Score the last of weekly values, oldest first; None where the week or too much of its history is unknown."""
    logs = [None if value is None else math.log1p(value) for value in values]
    base = _baseline(logs, len(logs) - 1) if logs else None
    if base is None or values[-1] is None or logs[-1] is None:
        return None
    strays = [
        log - earlier
        for place in range(max(0, len(logs) - 1 - HISTORY), len(logs) - 1)
        if (log := logs[place]) is not None and (earlier := _baseline(logs, place)) is not None
    ]
    if len(strays) < RESIDUALS:
        return None
    drift = median(strays)
    counting = 1 / math.sqrt(math.exp(base))
    spread = max(MAD_TO_SD * median(abs(stray - drift) for stray in strays), counting)
    # the MAD is worth .37 of as many values of a standard deviation
    freedom = max(3.0, 0.37 * len(strays))
    p = student_two_sided((logs[-1] - base - drift) / spread, freedom)
    reach = student_quantile(freedom) * spread
    low, high = (max(0.0, math.expm1(base + drift + sign * reach)) for sign in (-1, 1))
    return Score(float(values[-1]), max(0.0, math.expm1(base + drift)), low, high, p)


def _baseline(logs: Values, place: int) -> float | None:
    known = [log for log in logs[max(0, place - WEEKS) : place] if log is not None]
    return median(known) if len(known) >= KNOWN_WEEKS else None


def score_day(values: Values, place: int) -> Score | None:
    """Score one of consecutive daily values against its weekday; None without eight weeks of history."""
    value = values[place]
    base = _weekday_median(values, place)
    if value is None or base is None:
        return None
    # the median of a weekday is the same for all its days
    usual = {day % 7: _weekday_median(values, day, place) for day in range(place - 7, place)}
    strays = []
    for day in range(max(0, place - POOL_DAYS), place):
        earlier, ordinary = values[day], usual[day % 7]
        if earlier is not None and ordinary is not None:
            strays.append(math.log1p(earlier) - ordinary)
    if len(strays) < POOL_DAYS // 2:
        return None
    middle = median(strays)
    mad = median(abs(stray - middle) for stray in strays)
    spread = max(MAD_TO_SD * mad, 1 / math.sqrt(math.exp(base))) * math.sqrt(1 + 1.57 / WEEKS)
    z = (math.log1p(value) - base) / spread
    p = 2 * NormalDist().cdf(-abs(z))
    low, high = (max(0.0, math.expm1(base + sign * 1.96 * spread)) for sign in (-1, 1))
    return Score(float(value), math.expm1(base), low, high, p)


def _weekday_median(values: Values, place: int, end: int | None = None) -> float | None:
    """log1p median of this weekday in the eight weeks before `end` (the day itself, unless told)."""
    last = place if end is None else end
    first = last - 7 * WEEKS
    same = [values[day] for day in range(first, last) if day >= 0 and (day - place) % 7 == 0]
    known = [math.log1p(value) for value in same if value is not None]
    return median(known) if len(known) >= KNOWN_WEEKS else None


def false_discovery(chances: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg q for each p, in the order given."""
    order = sorted(range(len(chances)), key=lambda place: chances[place], reverse=True)
    found = [1.0] * len(chances)
    least = 1.0
    for rank, place in enumerate(order):
        least = min(least, chances[place] * len(chances) / (len(chances) - rank))
        found[place] = least
    return found


def student_two_sided(t: float, freedom: float) -> float:
    """P(|T| ≥ |t|) of Student's t, by Simpson's rule on the angle: ∫ cos^(ν-1) from atan(t/√ν) to π/2."""
    start = math.atan(abs(t) / math.sqrt(freedom))
    whole = math.sqrt(math.pi) * math.gamma(freedom / 2) / math.gamma((freedom + 1) / 2) / 2
    steps = 400
    width = (math.pi / 2 - start) / steps
    heights = [math.cos(start + width * step) ** (freedom - 1) for step in range(steps)] + [0.0]
    area = heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])
    return float(min(1.0, area * width / 3 / whole))


@cache
def student_quantile(freedom: float) -> float:
    """The t that only one value in twenty exceeds, on either side; by bisection."""
    low, high = 1.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if student_two_sided(middle, freedom) > 0.05 else (low, middle)
    return high
