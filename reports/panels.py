"""The dashboard's pictures, each with its legend, its note and the table behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from reports import render
from reports.charts import Chart, Line, bar_chart, line_chart
from reports.document import Sentence, Table
from reports.escape import as_html
from reports.facts import Facts
from reports.labels import metric_label, status_label
from reports.metrics import POPULATION
from reports.page import safe
from reports.privacy import quiet_series
from reports.snapshot import Snapshot
from reports.svg import Look, each_day, holes

DAYS = 371
WEEKS = 26
PHONE_DAYS = 26 * 7
SIZES = (("wide", 1040, 300), ("middle", 700, 280), ("narrow", 340, 250))
LOOK = Look()


def active_panel(snapshot: Snapshot, facts: Facts, weeks: list[str]) -> dict[str, Any] | None:
    """Active members by day, week and four weeks, over the year up to each of the weeks (newest first)."""
    rows = snapshot.rows(
        "select local_date, dau, wau, mau from marts.engagement_daily"
        " where scope = $scope and population = $population order by local_date",
        {"scope": facts.scope, "population": POPULATION},
    )
    known = {row[0]: row[1:] for row in rows}
    present = [day for day, values in known.items() if values[0] is not None]
    # it ends with the week, as all else on the page
    end = facts.week.end if facts.week else max(present, default=date.min)
    if sum(day <= end for day in present) < 2:
        return None
    words = facts.language
    span = min(DAYS, (end - present[0]).days + 1)
    early = 7 * max(0, len(weeks) - 1)
    days = each_day(end - timedelta(days=span + early - 1), end)
    raw = [[_number(known.get(day), place) for day in days] for place in range(3)]
    labels = (words._("Day"), words._("Week"), words._("Four weeks"))
    minimum = facts.board.minimum_cell
    kept = [[None if value is not None and 0 < value < minimum else value for value in values] for values in raw]
    lines = [
        Line(label, values, colour, weight)
        for label, values, colour, weight in zip(
            labels, kept, (LOOK.soft, LOOK.middle, LOOK.strong), (1.3, 2.2, 2.2), strict=True
        )
    ]
    title = words._("Active members")
    description = words._("Members active on a day, in the week and in the four weeks that end with it.")
    body = "".join(
        f'<div class="{kind}">'
        + _lines(
            Chart(f"active-{facts.scope}-{kind}", title, description, words, width, height),
            days,
            lines,
            raw[0],
            kind,
            weeks,
        )
        + "</div>"
        for kind, width, height in SIZES
    )
    legend = [{"kind": "", "colour": line.colour, "label": line.label, "only": "narrow"} for line in lines]
    if holes(raw[0]):
        legend.append(_hatch(facts))
    table = _table(facts, (words._("Date"), *labels), days, raw, kept, early, 1)
    return panel(title, legend, body, _note(facts, raw, kept, description), table)


def _lines(
    chart: Chart, days: list[date], lines: list[Line], unknown: list[float | None], kind: str, weeks: list[str]
) -> str:
    """The line chart; a phone shows half a year, named by the legend."""
    if kind != "narrow":
        return line_chart(chart, days, lines, unknown, weeks=weeks)
    shown = PHONE_DAYS + 7 * max(0, len(weeks) - 1)
    recent = [Line(line.label, line.values[-shown:], line.colour, line.weight) for line in lines]
    return line_chart(chart, days[-shown:], recent, unknown[-shown:], labelled=False, weeks=weeks)


def _hatch(facts: Facts) -> dict[str, str]:
    return {"kind": "hatch", "colour": "", "label": facts.language._("not observed"), "only": ""}


def messages_panel(facts: Facts, weeks: list[str]) -> dict[str, Any] | None:
    """Posts and comments by week, over the half year up to each of the weeks (newest first)."""
    if facts.week is None:
        return None
    words, board = facts.language, facts.board
    scope = facts.scope
    authors = facts.series[scope, "posters"]
    begun = min((week for week, value in facts.series[scope, "posts"].items() if value is not None), default=None)
    if begun is None:
        return None
    early = max(0, len(weeks) - 1)
    span = min(WEEKS, (facts.week.start - begun).days // 7 + 1)
    mondays = [facts.week.start - timedelta(weeks=back) for back in range(span + early - 1, -1, -1)]
    raw = [[facts.series[scope, key].get(week) for week in mondays] for key in ("posts", "comments")]
    quiet = [quiet_series(facts.series[scope, key], authors, board.minimum_cell) for key in ("posts", "comments")]
    kept = [[series.get(week) for week in mondays] for series in quiet]
    labels = (metric_label(words, "posts"), metric_label(words, "comments"))
    stacks = [Line(labels[0], kept[0], LOOK.strong, 1), Line(labels[1], kept[1], LOOK.middle, 1)]
    title = words._("Posts and comments by week")
    description = words._("Messages of members, by the week they were written in.")
    body = "".join(
        f'<div class="{kind}">'
        + bar_chart(
            Chart(f"messages-{facts.scope}-{kind}", title, description, words, width, height),
            mondays,
            stacks,
            raw[0],
            weeks=weeks,
        )
        + "</div>"
        for kind, width, height in SIZES
    )
    legend = [{"kind": "", "colour": stack.colour, "label": stack.label, "only": ""} for stack in stacks]
    if holes(raw[0]):
        legend.append(_hatch(facts))
    if not any(value is not None for values in kept for value in values):
        return None
    table = _table(facts, (words._("Week of"), *labels), mondays, raw, kept, early, 7)
    return panel(title, legend, body, _note(facts, raw, kept, ""), table)


def status_panel(facts: Facts) -> dict[str, Any] | None:
    """Members by status: a table whose rows carry their bars."""
    if not facts.statuses:
        return None
    words = facts.language
    most = max((slot.value for _, slot in facts.statuses if slot.is_known), default=1)
    rows = []
    for status, slot in facts.statuses:
        share = 100 * slot.value / most if slot.is_known else 0
        bar = f'<i style="width:{share:.1f}%"></i>' if slot.is_known else ""
        rows.append(
            f'<tr><th scope="row">{as_html(status_label(words, status))}</th>'
            f'<td class="bar" aria-hidden="true">{bar}</td><td>{render.html_words((slot,))}</td></tr>'
        )
    body = f'<table class="bars"><tbody>{"".join(rows)}</tbody></table>'
    note = words._("As of today's data; staff and bots are not counted.")
    return panel(words._("Members by status"), [], body, note, None)


def panel(title: str, legend: list[dict[str, str]], body: str, note: Any, table: str | None) -> dict[str, Any]:
    """What the template needs of a panel."""
    return {
        "title": title,
        "legend": legend,
        "body": safe(body),
        "note": note,
        "table": safe(table) if table else "",
    }


def _number(values: tuple[Any, ...] | None, place: int) -> float | None:
    return None if values is None or values[place] is None else float(values[place])


def _note(facts: Facts, raw: list[list[float | None]], kept: list[list[float | None]], note: str) -> str:
    """The note, and a word on small cells where some were left out."""
    if raw == kept:
        return note
    words = facts.language
    limit = words.format("integer", facts.board.minimum_cell)
    return (note + " " + words._("Values of fewer than {limit} members are left out.").format(limit=limit)).strip()


def _table(
    facts: Facts,
    header: tuple[str, ...],
    days: list[date],
    raw: list[list[float | None]],
    kept: list[list[float | None]],
    early: int,
    step: int,
) -> str:
    """The numbers behind a chart, newest first; those of its first `early` places belong to earlier weeks."""
    words = facts.language
    begun = min((place for place in range(len(days)) if any(told[place] is not None for told in raw)), default=0)
    rows: list[tuple[Sentence, ...]] = []
    places = range(len(days) - 1, begun - 1, -1)
    for place in places:
        cells = []
        for told, shown in zip(raw, kept, strict=True):
            if shown[place] is not None:
                cells.append((words.format("integer", shown[place]),))
            else:
                cells.append((words._("not known") if told[place] is None else words._("not shown"),))
        rows.append(((words.format("date", days[place]),), *cells))
    # each row carries its first and last day, so that the page can leave out what came after the week looked at
    marks = tuple(
        render.Mark(days[place], days[place] + timedelta(days=step - 1), hidden=place < early) for place in places
    )
    return render.html_table(Table(tuple((name,) for name in header), tuple(rows)), marks, (len(days) - early) * step)
