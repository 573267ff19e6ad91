"""dashboard.html: the week on one screen, then its charts, lists, definitions and gaps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reports import render
from reports.charts import sparkline
from reports.document import Block, Heading, Sentence, fill
from reports.facts import Facts
from reports.labels import metric_label, metric_meaning
from reports.metrics import METRICS
from reports.page import page, safe
from reports.panels import active_panel, messages_panel, status_panel
from reports.privacy import quiet_series
from reports.sections import desk_blocks, figure_blocks, partial_sources, quality_blocks
from reports.slots import Slot, slots_of
from reports.snapshot import Snapshot
from reports.svg import Look
from reports.words import change_blocks, headline

TILES = ("active", "posters", "new_posters", "joins")
SPARK_WEEKS = 12


def dashboard_page(snapshot: Snapshot, facts: Facts) -> tuple[str, list[str]]:
    """The page, and the slots it shows in reading order (charts and their tables come from the marts directly)."""
    shown: list[str] = []
    community = facts.board.slots["community"]
    title = headline(facts)
    values: dict[str, Any] = {
        "title": f"{community.text} · {render.plain_words(title)}",
        "community": _words((community,), shown),
        "headline": _words(title, shown),
        "badge": [_words(part, shown) for part in _badge(facts)],
        "warn": bool(facts.quality.gaps or facts.quality.warning_count.value or facts.week is None),
        "tiles": [_tile(facts, key, shown) for key in TILES] if facts.week else [],
        "changes": _blocks(change_blocks(facts), shown) if facts.week else "",
        "charts": _charts(snapshot, facts, shown),
        "figures": _blocks(figure_blocks(facts), shown) if facts.week else "",
        "desk": _blocks(desk_blocks(facts), shown),
        "definitions": [
            (metric_label(facts.language, metric.key), metric_meaning(facts.language, metric.key)) for metric in METRICS
        ],
        "quality": _blocks(quality_blocks(facts), shown),
        "snapshot": _words((facts.board.given("snapshot", facts.board.snapshot_id, "text"),), shown),
    }
    return page("dashboard.html.j2", facts, **values), shown


def _words(words: Sentence, shown: list[str]) -> Any:
    shown += [slot.name for slot in slots_of(words) if slot.format != "url"]
    return safe(render.html_words(words))


def _blocks(blocks: list[Block], shown: list[str]) -> Any:
    shown += render.visible_slots(tuple(blocks))
    return safe(render.html_blocks(tuple(_lower(block) for block in blocks)))


def _lower(block: Block) -> Block:
    return Heading(2, block.words) if isinstance(block, Heading) else block


def _badge(facts: Facts) -> list[Sentence]:
    """Freshness and coverage in one line."""
    words, quality = facts.language, facts.quality
    if quality.as_of is None:
        return [(words._("No source has delivered data yet."),)]
    known = words.plural(
        "{known} of the last {asked} day observed",
        "{known} of the last {asked} days observed",
        int(quality.days_asked.value),
    )
    parts = [
        fill(words._("Data as of {instant}"), instant=quality.as_of),
        fill(known, known=quality.days_known, asked=quality.days_asked),
    ]
    warned = int(quality.warning_count.value)
    if warned:
        parts.append(fill(words.plural("{count} warning", "{count} warnings", warned), count=quality.warning_count))
    return parts


def _tile(facts: Facts, key: str, shown: list[str]) -> dict[str, Any]:
    figure = facts.figure(key)
    told = any(item.metric == key and item.scope == "all" for item in facts.items)
    only = partial_sources(facts, key) if figure.metric.table == "marts.fct_memberships" else ()
    mood = ""
    if told and figure.change.is_known and figure.change.value:
        # colour only for a change that is real: ups and downs of every week deserve none
        mood = "good" if (figure.change.value > 0) == (figure.metric.good == "up") else "bad"
    return {
        "label": metric_label(facts.language, key),
        "value": _words((figure.now,), shown),
        "delta": _delta(facts, figure.change, figure.percent, shown),
        "only": _words(fill(facts.language._("{sources} only"), sources=only), shown) if only else "",
        "mood": mood,
        "spark": safe(sparkline(_spark(facts, key), Look())),
    }


def _delta(facts: Facts, change: Slot, percent: Slot | None, shown: list[str]) -> Any:
    words = facts.language
    if not change.is_known:
        return words._("no comparison with the week before")
    if not change.value:
        return words._("as in the week before")
    size: Sentence = (change,) if percent is None else (change, " (", percent, ")")
    arrow = "▲ " if change.value > 0 else "▼ "
    before, after = words._("{size} on the week before").split("{size}")
    return safe(f"{before}<b>{arrow}") + _words(size, shown) + safe(f"</b>{after}")


def _spark(facts: Facts, key: str) -> list[float | None]:
    if facts.week is None:
        return []
    series = quiet_series(facts.series["all", key], facts.series["all", "posters"], facts.board.minimum_cell)
    first = facts.week.start - timedelta(weeks=SPARK_WEEKS - 1)
    return [series.get(first + timedelta(weeks=step)) for step in range(SPARK_WEEKS)]


def _charts(snapshot: Snapshot, facts: Facts, shown: list[str]) -> list[dict[str, Any]]:
    panels = [active_panel(snapshot, facts), messages_panel(facts), status_panel(facts)]
    shown += [slot.name for _, slot in facts.statuses]
    found = [panel for panel in panels if panel is not None]
    # the last two stand side by side where there is room
    for panel in found:
        panel["opens"] = panel["closes"] = False
    if len(found) == 3:
        found[1]["opens"], found[2]["closes"] = True, True
    return found
