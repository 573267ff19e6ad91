"""A tile in words: value, change with its good or bad direction, a quarter in small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import render
from reports.charts import sparkline
from reports.document import Sentence, fill
from reports.facts import Facts
from reports.figures import Figure
from reports.labels import metric_label
from reports.page import safe
from reports.slots import Slot, slots_of
from reports.svg import Look
from reports.tiles import Share, spark

FIGURES = ("active", "new_members")


def tiles(facts: Facts, shown: list[str]) -> list[dict[str, Any]]:
    """Active members, new members, answered in time, churn."""
    found = [_figure_tile(facts, key, shown) for key in FIGURES]
    return [*found, *(_share_tile(facts, key, shown) for key in ("answered", "churn"))]


def words_html(words: Sentence, shown: list[str]) -> Any:
    """A sentence as HTML, its slots noted as shown."""
    shown += [slot.name for slot in slots_of(words) if slot.format != "url"]
    return safe(render.html_words(words))


def _figure_tile(facts: Facts, key: str, shown: list[str]) -> dict[str, Any]:
    figure = facts.figure(key)
    assert facts.week is not None
    told = any(item.metric == key and item.scope == facts.scope for item in facts.items)
    authors = facts.series[facts.scope, "posters"]
    drawn = spark(facts.series[facts.scope, key], authors, facts.board.minimum_cell, facts.week)
    change = figure.change if told and figure.change.is_known else None
    return {
        "label": metric_label(facts.language, key),
        "value": words_html((figure.now,), shown),
        "note": "",
        "delta": _delta(facts, figure, shown),
        "mood": _mood(change, figure.metric.good),
        "spark": safe(sparkline(drawn, Look())),
    }


def _mood(change: Slot | None, good: str) -> str:
    """Colour only for a change that is real: ups and downs of every week deserve none."""
    if change is None or not change.value:
        return ""
    return "good" if (change.value > 0) == (good == "up") else "bad"


def _delta(facts: Facts, figure: Figure, shown: list[str]) -> Any:
    words, change = facts.language, figure.change
    if not change.is_known:
        return words._("no comparison with the week before")
    if not change.value:
        return words._("as in the week before")
    size: Sentence = (change,) if figure.percent is None else (change, " (", figure.percent, ")")
    return _arrow(words._("{size} on the week before"), change, size, shown)


def _arrow(template: str, change: Slot, size: Sentence, shown: list[str]) -> Any:
    arrow = '<span aria-hidden="true">' + ("▲" if change.value > 0 else "▼") + "</span> "
    before, after = template.split("{size}")
    return safe(f"{before}<b>{arrow}") + words_html(size, shown) + safe(f"</b>{after}")


def _share_tile(facts: Facts, key: str, shown: list[str]) -> dict[str, Any]:
    share, words = facts.share(key), facts.language
    counts = fill(words._("{part} of {whole}"), part=share.part, whole=share.whole)
    known = share.part.value is not None and share.whole.value is not None
    # "fewer than 5 of 25" tells; "not shown of 25" does not
    covered = share.part.withheld and (share.part.value or 0) >= facts.board.minimum_cell
    whole = counts if known and not covered else (share.part,)
    good = "up" if key == "answered" else "down"
    return {
        "label": share_label(facts, key),
        "value": words_html((share.rate,) if share.rate is not None else whole, shown),
        "note": words_html(counts, shown) if share.rate is not None else "",
        "delta": _share_delta(facts, share, shown),
        "mood": _mood(share.change if share.is_real else None, good),
        "spark": safe(sparkline(_tenths(share.spark), Look())),
    }


def _share_delta(facts: Facts, share: Share, shown: list[str]) -> Any:
    words = facts.language
    if share.change is None:
        return words._("too few for a comparison")
    if not round(share.change.value * 1000):
        shown.append(share.change.name)
        same = words._("{size} points: as before")
        return words_html(fill(same, size=share.change), [])
    if share.key == "answered":
        return _arrow(words._("{size} points on the week before"), share.change, (share.change,), shown)
    return _arrow(words._("{size} points on the four weeks before"), share.change, (share.change,), shown)


def _tenths(shares: Sequence[float | None]) -> list[float | None]:
    """Shares for the sparkline: less than ten points of ups and downs stay small."""
    return [None if share is None else share * 10 for share in shares]


def share_label(facts: Facts, key: str) -> str:
    """The name of a share."""
    names = {
        "answered": facts.language._("Questions answered within a day"),
        "churn": facts.language._("Churn over four weeks"),
    }
    return names[key]


def share_meaning(facts: Facts, key: str) -> str:
    """Its definition in one sentence."""
    meanings = {
        "answered": facts.language._(
            "Of the questions members asked in the week, those that another member or the staff answered within a day."
        ),
        "churn": facts.language._(
            "Of the members active in the four weeks before, those not active in the four weeks up to this Sunday."
            " Some may yet come back."
        ),
    }
    return meanings[key]
