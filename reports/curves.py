"""Survival curves: steps down from one, each with its band, over days since the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts import Chart
from reports.svg import Frame, picture, text, ticks

SIZES = (("wide", 600, 280), ("narrow", 340, 240))


@dataclass(frozen=True)
class Step:
    """One curve: its label, days and shares, the bounds of its band, its colour."""

    label: str
    days: Sequence[int]
    shares: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    colour: str


def step_chart(chart: Chart, steps: Sequence[Step], longest: int, unit: str) -> str:
    """Curves from day 0 on; the first one's band is shaded."""
    look, words = chart.look, chart.language
    frame = Frame(chart.width, chart.height, 52, 12, 12, 40, 1.0)
    most = ticks(longest)[-1]
    body = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = frame.y(share)
        body.append(f'<path d="M{frame.left:.1f} {y:.1f}H{frame.width - frame.right:.1f}" style="stroke:{look.grid}"/>')
        body.append(text(frame.left - 8, y + 4, words.format("percent", share), look.muted, anchor="end"))
    for tick in ticks(longest):
        x = frame.x(tick / most)
        body.append(f'<path d="M{x:.1f} {frame.y(0):.1f}v4" style="stroke:{look.muted}"/>')
        body.append(text(x, frame.height - 22, words.format("integer", tick), look.muted, anchor="middle"))
    body.append(text(frame.x(0.5), frame.height - 5, unit, look.muted, anchor="middle"))
    if steps:
        body.append(_band(frame, steps[0], most))
    for step in steps:
        line = _stairs(frame, step.days, step.shares, most)
        body.append(f'<path d="M{frame.x(0):.1f} {frame.y(1):.1f}{line}" style="stroke:{step.colour};stroke-width:2"/>')
    return picture(frame, "".join(body), name=chart.name, title=chart.title, description=chart.description)


def _stairs(frame: Frame, days: Sequence[int], shares: Sequence[float], most: float) -> str:
    return "".join(f"H{frame.x(day / most):.1f}V{frame.y(share):.1f}" for day, share in zip(days, shares, strict=True))


def _band(frame: Frame, step: Step, most: float) -> str:
    upper = _stairs(frame, step.days, step.highs, most)
    points = list(zip(step.days, step.lows, strict=True))
    lower = "".join(
        f"L{frame.x(day / most):.1f} {frame.y(low):.1f}"
        for place in range(len(points) - 1, -1, -1)
        for day, low in ((points[place][0], points[place][1]), (points[place][0], points[max(0, place - 1)][1]))
    )
    outline = f"M{frame.x(0):.1f} {frame.y(1):.1f}{upper}{lower}Z"
    return f'<path d="{outline}" style="fill:{step.colour};opacity:.13"/>'
