"""dashboard.html: the week on one screen, then charts, lists, definitions, gaps; every source and week in one file."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from reports import render
from reports.carrying import carries_panel
from reports.definitions import catalogue_table
from reports.document import Block, Heading, Sentence, fill
from reports.facts import SHARES, Facts
from reports.labels import metric_label, metric_meaning
from reports.lists import desk_blocks, todo_blocks
from reports.metrics import METRICS
from reports.page import FOLDER, page, safe
from reports.panels import active_panel, messages_panel, status_panel
from reports.sections import figure_blocks, quality_blocks
from reports.snapshot import Snapshot
from reports.stays import retention_panel, survival_panel
from reports.tile import share_label, share_meaning, tiles, words_html
from reports.words import change_blocks, headline


def dashboard_page(snapshot: Snapshot, facts: Facts) -> tuple[str, list[str]]:
    """The page, and the slots it shows in reading order (charts and their tables come from the marts directly)."""
    shown: list[str] = []
    words, community = facts.language, facts.board.slots["community"]
    faces = [facts, *facts.views]
    own = [face for face in faces if face.is_latest]
    script = (FOLDER / "dashboard.js").read_text(encoding="utf-8") if len(faces) > 1 else ""
    weeks = [_week(face) for face in faces if face.scope == "all" and face.week]
    values: dict[str, Any] = {
        "title": f"{community.text} · {render.plain_words(headline(facts))}",
        "community": words_html((community,), shown),
        "script": safe(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
        "sources": [(face.scope, _source(face)) for face in own],
        "weeks": [(_week(face), face.board.slot("period").text) for face in faces if face.scope == "all" and face.week],
        "heads": [_head(face, shown) for face in faces],
        "badges": [_badge(face, shown) for face in faces],
        "faces": [_face(face, shown) for face in faces],
        "charts": [_charts(snapshot, face, weeks) for face in own],
        "figures": [_figures(face, shown) for face in faces] if facts.week else [],
        "today": [_today(face, shown) for face in own],
        "definitions": [(metric_label(words, metric.key), metric_meaning(words, metric.key)) for metric in METRICS]
        + [(share_label(facts, key), share_meaning(facts, key)) for key in SHARES],
        "catalogue": catalogue_table(snapshot, facts),
        "data": [{**_place(face), "body": _blocks(quality_blocks(face), shown)} for face in faces],
        "snapshot": words_html((facts.board.given("snapshot", facts.board.snapshot_id, "text"),), shown),
    }
    return page("dashboard.html.j2", facts, **values), shown


def _source(face: Facts) -> str:
    return face.language._("All sources") if face.scope == "all" else face.board.slots[f"source.{face.scope}"].text


def _week(face: Facts) -> str:
    return face.week.name if face.week else ""


def _place(face: Facts) -> dict[str, Any]:
    """Which filters a part of the page answers to, and whether it is hidden until they are set."""
    return {"scope": face.scope, "week": _week(face), "hidden": face.scope != "all" or not face.is_latest}


def _head(face: Facts, shown: list[str]) -> dict[str, Any]:
    return {**_place(face), "headline": words_html(headline(face), shown)}


def _face(face: Facts, shown: list[str]) -> dict[str, Any]:
    """The first screen of a source and week."""
    return {
        **_place(face),
        "tiles": tiles(face, shown) if face.week else [],
        "changes": _blocks(change_blocks(face), shown) if face.week else "",
        "todo": _blocks(todo_blocks(face), shown) if face.is_latest else "",
    }


def _figures(face: Facts, shown: list[str]) -> dict[str, Any]:
    return {**_place(face), "body": _blocks(figure_blocks(face), shown)}


def _charts(snapshot: Snapshot, face: Facts, weeks: list[str]) -> dict[str, Any]:
    """The pictures of a source; the page's script moves them to the week looked at."""
    drawn = (active_panel(snapshot, face, weeks), messages_panel(face, weeks))
    panels = [panel for panel in drawn if panel is not None]
    return {"scope": face.scope, "hidden": face.scope != "all", "panels": panels}


def _today(face: Facts, shown: list[str]) -> dict[str, Any]:
    """What is known as of the data's end only: it goes with the latest week."""
    halves = [survival_panel(face), status_panel(face)]
    shown += [slot.name for _, slot in face.statuses]
    return {
        **_place(face),
        "cohorts": retention_panel(face),
        "halves": [panel for panel in halves if panel is not None],
        "carries": carries_panel(face),
        "desk": _blocks(desk_blocks(face), shown),
    }


def _blocks(blocks: list[Block], shown: list[str]) -> Any:
    shown += render.visible_slots(tuple(blocks))
    return safe(render.html_blocks(tuple(_lower(block) for block in blocks)))


def _lower(block: Block) -> Block:
    return Heading(2, block.words) if isinstance(block, Heading) else block


def _badge(face: Facts, shown: list[str]) -> dict[str, Any]:
    """Freshness and coverage in one line."""
    quality = face.quality
    warn = bool(quality.gaps or quality.warning_count.value or face.week is None)
    return {**_place(face), "warn": warn, "parts": [words_html(part, shown) for part in _badge_parts(face)]}


def _badge_parts(facts: Facts) -> list[Sentence]:
    words, quality = facts.language, facts.quality
    if quality.as_of is None:
        return [(words._("No source has delivered data yet."),)]
    asked = int(quality.days_asked.value)
    known = words.plural("{known} of the last {asked} day observed", "{known} of the last {asked} days observed", asked)
    if not facts.is_latest:
        known = words._("{known} of the {asked} days of this week observed")
    parts = [
        fill(words._("Data as of {instant}"), instant=quality.as_of),
        fill(known, known=quality.days_known, asked=quality.days_asked),
    ]
    warned = int(quality.warning_count.value)
    if warned:
        parts.append(fill(words.plural("{count} warning", "{count} warnings", warned), count=quality.warning_count))
    return parts
