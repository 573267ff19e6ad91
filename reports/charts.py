"""The charts, drawn by hand as SVG: lines over days, stacked bars over weeks, sparklines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.escape import as_html
from reports.language import Language
from reports.svg import (
    CHARACTER,
    Frame,
    Look,
    Values,
    axis_room,
    gap_bands,
    holes,
    moving,
    of_weeks,
    path,
    picture,
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
    chart: Chart,
    days: Sequence[date],
    lines: Sequence[Line],
    unknown: Values,
    *,
    labelled: bool = True,
    weeks: Sequence[str] = (),
) -> str:
    """Lines over consecutive days, labelled at their ends where there is room; days in `unknown` are hatched.

    With `weeks`, newest first, the drawing can be moved back to each: `days` then begin that much earlier.
    """
    most = ticks(max((value for line in lines for value in line.values if value is not None), default=1.0))[-1]
    labels = max(len(line.label) for line in lines) * CHARACTER * 1.15 + 22 if labelled else 8
    frame = Frame(chart.width, chart.height, axis_room(most, chart.language), labels, 12, 28, most)
    early = 7 * max(0, len(weeks) - 1)
    last = max(1, len(days) - early - 1)
    xs = [frame.x((place - early) / last) for place in range(len(days))]
    spans = [((a - early - 0.5) / last, (b - early + 0.5) / last) for a, b in holes(unknown)]
    drawn = [
        f'<path d="{path(xs, line.values, frame.y)}" stroke-linejoin="round" stroke-linecap="round"'
        f' style="stroke:{line.colour};stroke-width:{line.weight}"/>'
        for line in lines
    ]
    bands = gap_bands(frame, spans, chart.look, f"{chart.name}-gap")
    ends = [len(days) - 7 * back for back in range(len(weeks) or 1)]
    parts = [
        time_axis(frame, days[end - last - 1 : end], chart.look, chart.language)
        + (
            _end_labels(frame, [Line(o.label, o.values[:end], o.colour, 1) for o in lines], chart.look)
            if labelled
            else ""
        )
        for end in ends
    ]
    body = (
        value_axis(frame, chart.look, chart.language)
        + moving(frame, bands + "".join(drawn), 7 * (frame.x(1) - frame.x(0)) / last)
        + of_weeks(weeks, parts)
    )
    return picture(frame, body, name=chart.name, title=chart.title, description=chart.description)


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
        parts.append(f'<text x="{x + 7:.1f}" y="{lowest:.1f}">{as_html(line.label)}</text>')
    return f'<g font-size="12" style="fill:{look.ink}">{"".join(parts)}</g>'


def bar_chart(
    chart: Chart, mondays: Sequence[date], stacks: Sequence[Line], unknown: Values, *, weeks: Sequence[str] = ()
) -> str:
    """Stacked bars, one a week; those unknown in `unknown` are hatched; `weeks` as of the line chart."""
    totals = [_total([stack.values[place] for stack in stacks]) for place in range(len(mondays))]
    most = ticks(max((total for total in totals if total is not None), default=1.0))[-1]
    frame = Frame(chart.width, chart.height, axis_room(most, chart.language), 4, 12, 28, most)
    early = max(0, len(weeks) - 1)
    count = max(1, len(mondays) - early)
    room = (frame.x(1) - frame.x(0)) / count
    spans = [((a - early) / count, (b - early + 1) / count) for a, b in holes(unknown)]
    bars = [
        _bar(chart, frame, mondays[place], [(s, s.values[place]) for s in stacks], (place - early) * room, room)
        for place, total in enumerate(totals)
        if total is not None
    ]
    bands = gap_bands(frame, spans, chart.look, f"{chart.name}-gap")
    ends = [len(mondays) - back for back in range(len(weeks) or 1)]
    parts = [time_axis(frame, mondays[end - count : end], chart.look, chart.language) for end in ends]
    body = (
        value_axis(frame, chart.look, chart.language)
        + moving(frame, bands + "".join(bars), room)
        + of_weeks(weeks, parts)
    )
    return picture(frame, body, name=chart.name, title=chart.title, description=chart.description)


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
