"""The panel of who carries: what hangs on how few, whom to ask, and the first band by name."""

from __future__ import annotations

from typing import Any

from reports import render
from reports.carries import Ranking
from reports.document import Sentence, Table, fill
from reports.facts import Facts
from reports.language import Language
from reports.page import safe
from reports.panels import panel
from reports.slots import Piece, Slot


def carries_panel(facts: Facts) -> dict[str, Any] | None:
    """A table, and with names two short lists."""
    carries, words = facts.carries, facts.language
    if not carries.rows or carries.audience is None:
        return None
    head = (
        (words._("The first"),),
        (words._("Members they reach together"),),
        (words._("Share of interactions with the most active"),),
        (words._("Answered threads only these answered"),),
    )
    rows = tuple(((row.k,), (row.covered,), (row.touched,), (row.only_theirs,)) for row in carries.rows)
    body = render.html_table(Table(head, rows))
    if carries.ask:
        asked: list[Piece] = []
        for name, gained in carries.ask:
            asked += [", "] if asked else []
            asked += [name, " (+", gained, ")"]
        body += _paragraph(words._("To pass something on, ask: {names}. In brackets whom each adds."), tuple(asked))
    if carries.band:
        body += _paragraph(words._("Carry the conversation now, in no order: {names}."), _names(carries.band))
    audience = fill(
        words._("Over the last three months; {count} members answered or reacted to anyone, and so can be reached."),
        count=carries.audience,
    )
    note = render.html_words(audience)
    if carries.ranking is not None:
        note += " " + render.html_words(_record(words, carries.ranking))
    return panel(words._("Who carries the community"), [], body, safe(note), None)


def _paragraph(template: str, names: Sentence) -> str:
    return f"<p>{render.html_words(fill(template, names=names))}</p>"


def _names(slots: tuple[Slot, ...]) -> Sentence:
    found: list[Piece] = []
    for slot in slots:
        found += [", "] if found else []
        found.append(slot)
    return tuple(found)


def _record(words: Language, ranking: Ranking) -> Sentence:
    better = words._(
        "Ranked by {ranking}, which told best who is answered next in {origins} past checks"
        " (rank correlation {score}; the mere number of messages {baseline})."
    )
    worse = words._(
        "Ranked by {ranking}, the best of the rankings in {origins} past checks (rank correlation {score}), though the"
        " mere number of messages told more ({baseline})."
    )
    return fill(
        better if ranking.beats else worse,
        ranking=_ranking_name(words, ranking.name),
        origins=ranking.origins,
        score=ranking.score,
        baseline=ranking.baseline,
    )


def _ranking_name(words: Language, name: str) -> str:
    names = {
        "reach": words._("members who answer or react"),
        "reach_out": words._("members addressed"),
        "reach_2hop": words._("members within two steps"),
        "k_core": words._("place in the core"),
        "pagerank": words._("PageRank"),
        "replies_received": words._("replies received"),
    }
    return names.get(name, name)
