"""Small drawing kit for charts: sizes, colours, round ticks, paths with holes, time axes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.escape import as_html
from reports.language import Language

Values = Sequence[float | None]
CHARACTER = 6.4  # mean width of a character at 12 px


@dataclass(frozen=True)
class Look:
    """Colours of a chart: CSS variables on a page, plain colours in a picture."""

    ink: str = "var(--ink)"
    muted: str = "var(--muted)"
    grid: str = "var(--grid)"
    gap: str = "var(--gap)"
    paper: str = "var(--card)"
    strong: str = "var(--c1)"
    middle: str = "var(--c2)"
    soft: str = "var(--c3)"


@dataclass(frozen=True)
class Frame:
    """The plotting area inside a chart of a given size, and its value scale."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    most: float

    def x(self, share: float) -> float:
        """A place from 0 (left) to 1 (right)."""
        return self.left + share * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """A value's height on the page."""
        return self.height - self.bottom - value / self.most * (self.height - self.top - self.bottom)


def ticks(most: float, wanted: int = 4) -> list[float]:
    """Round values from 0 to at least `most`, whole numbers all."""
    rough = max(most, 1.0) / wanted
    power = 10.0 ** max(0, math.floor(math.log10(rough)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * place for place in range(math.ceil(max(most, 1.0) / step) + 1)]


def path(xs: Sequence[float], values: Values, y: Callable[[float], float]) -> str:
    """A line's path; it breaks where a value is not known, and a lone value becomes a dot."""
    parts: list[str] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        starts = place == 0 or values[place - 1] is None
        ends = place + 1 == len(values) or values[place + 1] is None
        point = f"{xs[place]:.1f} {y(value):.1f}"
        parts.append(("M" if starts else "L") + point + ("h0.1" if starts and ends else ""))
    return "".join(parts)


def text(x: float, y: float, words: str, fill: str, *, anchor: str = "start", weight: int = 400) -> str:
    """A label; words are escaped."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" font-weight="{weight}"'
        f' style="fill:{fill}">{as_html(words)}</text>'
    )


def value_axis(frame: Frame, look: Look, language: Language) -> str:
    """Light horizontal lines with their values at the left."""
    parts = []
    for tick in ticks(frame.most):
        y = frame.y(tick)
        parts.append(
            f'<path d="M{frame.left:.1f} {y:.1f}H{frame.width - frame.right:.1f}" style="stroke:{look.grid}"/>'
            + text(frame.left - 8, y + 4, language.format("integer", tick), look.muted, anchor="end")
        )
    return "".join(parts)


def axis_room(most: float, language: Language) -> float:
    """The width that the value labels need."""
    return max(len(language.format("integer", tick)) for tick in ticks(most)) * CHARACTER + 14


def time_axis(frame: Frame, days: Sequence[date], look: Look, language: Language) -> str:
    """Month names below, as many as fit; the year where it begins and at the first."""
    y = frame.height - frame.bottom + 18
    firsts = [place for place, day in enumerate(days) if _begins_month(days, place)]
    every = max(1, math.ceil(len(firsts) * 46 / max(1.0, frame.width - frame.left - frame.right)))
    parts: list[str] = []
    marks: list[str] = []
    edge = -math.inf
    for count, place in enumerate(firsts):
        x = frame.x(place / max(1, len(days) - 1))
        label = language.format("month", days[place])
        if days[place].month == 1 or (not parts and days[place].month < 11):
            label = f"{label} {days[place].year}"
        if count % every == 0 and x > edge and x + len(label) * CHARACTER <= frame.width:
            marks.append(f"M{x:.1f} {frame.y(0):.1f}v4")
            parts.append(f'<text x="{x:.1f}" y="{y:.1f}">{as_html(label)}</text>')
            edge = x + len(label) * CHARACTER + 10
    # the axis of each week is drawn, so what its labels share is said once
    return (
        f'<path d="{"".join(marks)}" style="stroke:{look.muted}"/>'
        f'<g font-size="12" style="fill:{look.muted}">{"".join(parts)}</g>'
    )


def _begins_month(days: Sequence[date], place: int) -> bool:
    return days[place].day <= 7 and (place == 0 or days[place].month != days[place - 1].month)


def gap_bands(frame: Frame, spans: Sequence[tuple[float, float]], look: Look, name: str) -> str:
    """Hatched bands where nothing was observed."""
    if not spans:
        return ""
    pattern = (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V6" style="stroke:{look.gap};stroke-width:3"/></pattern></defs>'
    )
    bands = "".join(
        f'<rect x="{frame.x(start):.1f}" y="{frame.top:.1f}" width="{max(2.0, frame.x(end) - frame.x(start)):.1f}"'
        f' height="{frame.height - frame.top - frame.bottom:.1f}" fill="url(#{name})"/>'
        for start, end in spans
    )
    return pattern + bands


def moving(frame: Frame, body: str, week: float) -> str:
    """The part of a drawing that moves with the week looked at, cut at the plot's sides; `week` is its width."""
    left, width, height = frame.left, frame.width - frame.left - frame.right, frame.height - frame.bottom + 1
    box = f"{left:.1f} 0 {width:.1f} {height:.1f}"
    return (
        f'<svg class="moves" aria-hidden="true" x="{left:.1f}" y="0" width="{width:.1f}" height="{height:.1f}"'
        f' viewBox="{box}" data-left="{left:.1f}" data-week-width="{week:.3f}">{body}</svg>'
    )


def of_weeks(weeks: Sequence[str], parts: Sequence[str]) -> str:
    """One part for each week of a page, newest first, all but that one hidden; a picture without weeks has one."""
    if not weeks:
        return "".join(parts)
    marked = zip(weeks, parts, strict=True)
    return "".join(
        f'<g data-week="{as_html(week)}"{" hidden" if place else ""}>{part}</g>'
        for place, (week, part) in enumerate(marked)
    )


def picture(frame: Frame, body: str, *, name: str, title: str, description: str) -> str:
    """The finished drawing, with words for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" width="{frame.width}" height="{frame.height}"'
        f' role="img" aria-labelledby="{name}-t {name}-d" fill="none">'
        f'<title id="{name}-t">{as_html(title)}</title><desc id="{name}-d">{as_html(description)}</desc>{body}</svg>'
    )


def holes(values: Values) -> list[tuple[int, int]]:
    """Runs of unknown values after the first known one, as first and last place."""
    known = [place for place, value in enumerate(values) if value is not None]
    edges = [*known, len(values)] if known else []
    return [(a + 1, b - 1) for a, b in itertools.pairwise(edges) if b - a > 1]


def each_day(first: date, last: date, step: int = 1) -> list[date]:
    """The days from first to last, both included."""
    return [first + timedelta(days=place) for place in range(0, (last - first).days + 1, step)]
