"""The panels of staying: the heat-map of cohorts, and how long members go on."""

from __future__ import annotations

from typing import Any

from reports import render
from reports.charts import Chart
from reports.churn import MARKS, Cell, Cohort, Curve, Silence
from reports.curves import SIZES, Step, step_chart
from reports.document import Sentence, Table, fill
from reports.escape import as_html
from reports.facts import Facts
from reports.language import Language
from reports.page import safe
from reports.panels import panel
from reports.svg import Look

LOOK = Look()
AGES = 12


def retention_panel(facts: Facts) -> dict[str, Any] | None:
    """Cohorts by month: a table whose cells are coloured by the share that came back."""
    cohorts, words = facts.churn.cohorts, facts.language
    if len(cohorts) < 2:
        return None
    ages = min(AGES, max(len(cohort.cells) for cohort in cohorts))
    head = "".join(f'<th scope="col">{facts.language.format("integer", age)}</th>' for age in range(1, ages))
    # the strongest colour is the largest share there is: most communities keep far from all
    most = max((cell.share or 0.0 for cohort in cohorts for cell in cohort.cells if cell), default=0.0) or 1.0
    rows = "".join(_cohort(words, cohort, ages, most) for cohort in reversed(cohorts))
    headers = (words._("First active in"), words._("Members"))
    names = "".join(f'<th scope="col">{as_html(header)}</th>' for header in headers)
    title = words._("Who comes back, by month of the first act")
    body = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{as_html(title)}"><table class="heat">'
        f"<thead><tr>{names}{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    note = words._(
        "Columns are months since: the share of the cohort that was active in that month. Small cohorts show counts;"
        " italic figures may still rise."
    )
    return panel(title, [], body, note, None)


def _cohort(words: Language, cohort: Cohort, ages: int, most: float) -> str:
    cells = [_cell(cohort.cells[age] if age < len(cohort.cells) else None, most) for age in range(1, ages)]
    month = words.format("cohort", cohort.start)
    return (
        f'<tr><th scope="row">{as_html(month)}</th><td>{render.html_words((cohort.size,))}</td>'
        + "".join(cells)
        + "</tr>"
    )


def _cell(cell: Cell | None, most: float) -> str:
    if cell is None:
        return "<td></td>"
    shown = render.html_words((cell.slot,))
    kind = ' class="soon"' if cell.is_provisional else ""
    if cell.share is None:
        return f"<td{kind}>{shown}</td>"
    return f'<td{kind} style="--share:{round(cell.share / most * 100)}%">{shown}</td>'


def survival_panel(facts: Facts) -> dict[str, Any] | None:
    """How long members go on: the curve of all, and of those answered within a day or not."""
    churn, words = facts.churn, facts.language
    if not churn.curves:
        return None
    title = words._("How long members stay")
    description = words._("Share of members who still go on, by days since they began; the band is its uncertainty.")
    longest = max(curve.days[-1] for curve in churn.curves)
    colours = {"all": LOOK.strong, "answered_24h": LOOK.middle, "unanswered_24h": LOOK.soft}
    steps = [
        Step(_name(words, curve), curve.days, curve.shares, curve.lows, curve.highs, colours[curve.stratum])
        for curve in churn.curves
    ]
    body = "".join(
        f'<div class="{kind}">'
        + step_chart(
            Chart(f"survival-{facts.scope}-{kind}", title, description, words, width, height),
            steps,
            longest,
            words._("days"),
        )
        + "</div>"
        for kind, width, height in SIZES
    )
    legend = [{"kind": "", "colour": step.colour, "label": step.label, "only": ""} for step in steps]
    return panel(title, legend, body, _note(facts), _table(words, churn.curves))


def _name(words: Language, curve: Curve) -> str:
    names = {
        "all": words._("All members"),
        "answered_24h": words._("First message answered within a day"),
        "unanswered_24h": words._("Not answered within a day"),
    }
    return names[curve.stratum]


def _note(facts: Facts) -> Any:
    words, churn = facts.language, facts.churn
    lines = []
    if churn.silence is not None:
        lines += [render.html_words(line) for line in _silence(words, churn.silence)]
    said = {
        "longer": words._(
            "Among members who began alike, an early answer goes with staying longer;"
            " that it is the cause is not shown."
        ),
        "shorter": words._(
            "Among members who began alike, those answered early stay less long; that it is the cause is not shown."
        ),
        "alike": words._("Answered early or not, members stay about as long."),
        "mixed": words._(
            "Who is answered early goes by how they begin: with a question, another post or a comment. Among members"
            " who began alike, answered early or not, they stay about as long."
        ),
    }
    if churn.early_answer is not None:
        lines.append(as_html(said[churn.early_answer]))
    return safe(" ".join(lines))


def _silence(words: Language, silence: Silence) -> list[Sentence]:
    own = words._("A member counts as gone after {days} without an act, or by leaving.")
    usual = words._(
        "A member counts as gone after {days} without an act (too few silences are known here), or by leaving."
    )
    told = [fill(usual if silence.is_default else own, days=silence.days)]
    if silence.returns is not None and silence.returns_28 is not None:
        back = words._("Of silences that long {share} end within three months; of those of four weeks {usual}.")
        told.append(fill(back, share=silence.returns, usual=silence.returns_28))
    return told


def _table(words: Language, curves: tuple[Curve, ...]) -> str:
    head = [(words._("After"),), *((_name(words, curve),) for curve in curves)]
    rows = []
    for place, mark in enumerate(MARKS):
        cells = [(slot,) if (slot := curve.marks[place]) is not None else ("",) for curve in curves]
        rows.append(((words.format("days", mark),), *cells))
    return render.html_table(Table(tuple(head), tuple(rows)))
