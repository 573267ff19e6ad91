"""The charts, drawn by hand as SVG: lines over days, stacked bars over weeks, sparklines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.language import Language
from reports.svg import (
    CHARACTER,
    Frame,
    Look,
    Values,
    axis_room,
    gap_bands,
    holes,
    path,
    picture,
    text,
    ticks,
    time_axis,
    value_axis,
)

LOOK = Look()


@dataclass(frozen=True)
class Line:
    """One line of a chart: its label at the end, its values, its colour and weight."""

    label: str
    values: Values
    colour: str
    weight: float


@dataclass(frozen=True)
class Chart:
    """What every chart needs: an id, words for it, the reader's language, its colours and size."""

    name: str
    title: str
    description: str
    language: Language
    width: int
    height: int
    look: Look = LOOK


def line_chart(
    chart: Chart, days: Sequence[date], lines: Sequence[Line], unknown: Values, *, labelled: bool = True
) -> str:
    """Lines over consecutive days, labelled at their ends where there is room; days in `unknown` are hatched."""
    most = ticks(max((value for line in lines for value in line.values if value is not None), default=1.0))[-1]
    labels = max(len(line.label) for line in lines) * CHARACTER * 1.15 + 22 if labelled else 8
    frame = Frame(chart.width, chart.height, axis_room(most, chart.language), labels, 12, 28, most)
    last = max(1, len(days) - 1)
    xs = [frame.x(place / last) for place in range(len(days))]
    spans = [((a - 0.5) / last, (b + 0.5) / last) for a, b in holes(unknown)]
    body = [
        gap_bands(frame, spans, chart.look, f"{chart.name}-gap"),
        value_axis(frame, chart.look, chart.language),
        time_axis(frame, days, chart.look, chart.language),
    ]
    for line in lines:
        body.append(
            f'<path d="{path(xs, line.values, frame.y)}" stroke-linejoin="round" stroke-linecap="round"'
            f' style="stroke:{line.colour};stroke-width:{line.weight}"/>'
        )
    if labelled:
        body.append(_end_labels(frame, lines, chart.look))
    return picture(frame, "".join(body), name=chart.name, title=chart.title, description=chart.description, days=days)


def _end_labels(frame: Frame, lines: Sequence[Line], look: Look) -> str:
    """Each line's label beside its last value, pushed apart where they would touch."""
    ends = []
    for line in lines:
        known = [value for value in line.values if value is not None]
        if known:
            ends.append((frame.y(known[-1]), line))
    parts, lowest = [], -1e9
    for y, line in sorted(ends, key=lambda end: end[0]):
        lowest = max(y + 4, lowest + 15)
        x = frame.width - frame.right + 8
        # the colour is a dot, the word is ink: coloured text of thin lines would be too faint to read
        parts.append(f'<circle cx="{x:.1f}" cy="{lowest - 4:.1f}" r="3" style="fill:{line.colour}"/>')
        parts.append(text(x + 7, lowest, line.label, look.ink))
    return "".join(parts)


def bar_chart(chart: Chart, weeks: Sequence[date], stacks: Sequence[Line], unknown: Values) -> str:
    """Stacked bars, one a week; weeks unknown in `unknown` are hatched."""
    totals = [_total([stack.values[place] for stack in stacks]) for place in range(len(weeks))]
    most = ticks(max((total for total in totals if total is not None), default=1.0))[-1]
    frame = Frame(chart.width, chart.height, axis_room(most, chart.language), 4, 12, 28, most)
    count = max(1, len(weeks))
    spans = [(a / count, (b + 1) / count) for a, b in holes(unknown)]
    body = [
        gap_bands(frame, spans, chart.look, f"{chart.name}-gap"),
        value_axis(frame, chart.look, chart.language),
        time_axis(frame, weeks, chart.look, chart.language),
    ]
    room = (frame.x(1) - frame.x(0)) / count
    for place, total in enumerate(totals):
        if total is not None:
            body.append(_bar(chart, frame, weeks[place], [(s, s.values[place]) for s in stacks], place * room, room))
    ends = [weeks[0], weeks[-1] + timedelta(days=6)] if weeks else []
    return picture(frame, "".join(body), name=chart.name, title=chart.title, description=chart.description, days=ends)


def _total(parts: Values) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _bar(
    chart: Chart, frame: Frame, week: date, parts: list[tuple[Line, float | None]], start: float, room: float
) -> str:
    pieces, base = [], 0.0
    told = "; ".join(f"{line.label}: {chart.language.format('integer', value or 0)}" for line, value in parts)
    for line, value in parts:
        top, bottom = frame.y(base + (value or 0)), frame.y(base)
        base += value or 0
        if bottom - top > 0:
            pieces.append(
                f'<rect x="{frame.left + start + room * 0.12:.1f}" y="{top:.1f}" width="{room * 0.76:.1f}"'
                f' height="{bottom - top:.1f}" style="fill:{line.colour}"/>'
            )
    hint = f"{chart.language.format('date', week)}; {told}"
    return f"<g><title>{hint}</title>{''.join(pieces)}</g>"


def sparkline(values: Values, look: Look, width: int = 240, height: int = 36) -> str:
    """The last weeks in small, the newest as a dot; for the eye only, the table below says the same."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    frame = Frame(width, height, 3, 5, 5, 4, max(max(known) - min(known), 1.0))
    low = min(known)
    last = max(1, len(values) - 1)
    xs = [frame.x(place / last) for place in range(len(values))]
    shifted = [None if value is None else value - low for value in values]
    drawn = (
        f'<path d="{path(xs, shifted, frame.y)}" stroke-linejoin="round" stroke-linecap="round"'
        f' style="stroke:{look.middle};stroke-width:1.8"/>'
    )
    if shifted[-1] is not None:
        drawn += f'<circle cx="{xs[-1]:.1f}" cy="{frame.y(shifted[-1]):.1f}" r="3" style="fill:{look.strong}"/>'
    return (
        f'<svg class="spark" preserveAspectRatio="xMinYMax meet" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" fill="none"'
        f' aria-hidden="true">{drawn}</svg>'
    )
