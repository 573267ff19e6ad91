"""The letter's one picture: active members week by week, as SVG in plain colours; who posts it makes it a PNG."""

from __future__ import annotations

from datetime import timedelta

from reports.charts import Chart, Line, bar_chart
from reports.document import Sentence, fill
from reports.facts import Facts
from reports.labels import metric_label
from reports.svg import Look
from reports.tiles import SPARK_WEEKS, spark

NAME = "active.svg"
SIZE = (552, 170)  # a letter is 600 wide, less its margins
LOOK = Look(
    ink="#16211e",
    muted="#55635f",
    grid="#dce3e0",
    gap="#c2ccc8",
    paper="#ffffff",
    strong="#0a4b41",
    middle="#0e8a72",
    soft="#5aa696",
)


def weekly_picture(facts: Facts) -> str | None:
    """The drawing, or None where fewer than two weeks are known; small cells are left out, unknown weeks hatched."""
    if facts.week is None:
        return None
    words, series = facts.language, facts.series[facts.scope, "active"]
    drawn = spark(series, facts.series[facts.scope, "posters"], facts.board.minimum_cell, facts.week)
    if sum(value is not None for value in drawn) < 2:
        return None
    weeks = [facts.week.start - timedelta(weeks=back) for back in range(SPARK_WEEKS - 1, -1, -1)]
    chart = Chart("active", metric_label(words, "active"), "", words, *SIZE, LOOK)
    svg = bar_chart(chart, weeks, [Line(chart.title, drawn, LOOK.middle, 1)], [series.get(week) for week in weeks])
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" font-family="Liberation Sans,sans-serif"', 1)


def caption(facts: Facts) -> Sentence:
    """What the picture shows, with its newest value, for those who do not see it."""
    words = facts.language
    label = metric_label(words, "active")
    return fill(words._("{label} by week, the last one: {value}"), label=label, value=facts.figure("active").now)
