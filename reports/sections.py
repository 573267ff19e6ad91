"""The sections below the headline: the table of figures, the state of the data."""

from __future__ import annotations

from reports.document import Block, Bullets, Heading, Sentence, Table, fill
from reports.facts import Facts
from reports.figures import Figure
from reports.labels import metric_label, reason_words
from reports.metrics import METRICS
from reports.slots import Piece, Slot


def figure_blocks(facts: Facts) -> list[Block]:
    """The figures of the week, and why some are not known."""
    words = facts.language
    blocks: list[Block] = [Heading(2, (words._("The figures"),)), figure_table(facts)]
    lines = unknown_lines(facts)
    if lines:
        blocks.append(Bullets(lines))
    return blocks


def figure_table(facts: Facts) -> Table:
    """Every figure for everyone and for each source, each with its difference from the week before."""
    words = facts.language
    scopes = shown_scopes(facts)
    header: list[Sentence] = [(words._("Week, and difference from the week before"),)]
    header += [(words._("All"),) if scope == "all" else (facts.board.slots[f"source.{scope}"],) for scope in scopes]
    rows = []
    for metric in METRICS:
        cells = [_cell(facts.figure(metric.key, scope)) for scope in scopes]
        rows.append(((metric_label(words, metric.key),), *cells))
    return Table(tuple(header), tuple(rows))


def shown_scopes(facts: Facts) -> list[str]:
    """The columns of the table: everyone and each source, or the one source looked at."""
    if facts.scope != "all":
        return [facts.scope]
    return facts.scopes if len(facts.scopes) > 2 else ["all"]


def _cell(figure: Figure) -> Sentence:
    if not figure.now.is_known or not figure.change.is_known:
        return (figure.now,)
    return (figure.now, " (", figure.change, ")")


def unknown_lines(facts: Facts) -> tuple[Sentence, ...]:
    """Why figures are not known, one line for each source and reason; what speaks for some sources only."""
    grouped: dict[tuple[str, str, str], tuple[Slot | None, list[str]]] = {}
    shown = shown_scopes(facts)
    by_source = {figure.metric.key for _, figure, _ in facts.unknown if figure.scope != "all"} if len(shown) > 1 else ()
    for code, figure, detail in facts.unknown:
        # where a source's own line gives the reason, the community's would only repeat it
        if figure.scope in shown and not (figure.scope == "all" and figure.metric.key in by_source):
            group = (code, figure.scope, detail.name if detail else "")
            label = metric_label(facts.language, figure.metric.key)
            grouped.setdefault(group, (detail, []))[1].append(label)
    lines = []
    for (code, scope, _), (detail, labels) in grouped.items():
        what: Sentence = (", ".join(labels),)
        if scope != "all":
            what = (*what, " (", facts.board.slots[f"source.{scope}"], ")")
        reason = reason_words(facts.language, code, detail)
        lines.append(fill(facts.language._("Not known: {what} — {reason}"), what=what, reason=reason))
    return (*partial_lines(facts), *lines)


def partial_lines(facts: Facts) -> tuple[Sentence, ...]:
    """Which sources a figure of the whole community speaks for, where it is not all of them."""
    lines: list[Sentence] = []
    if facts.scope != "all":
        return ()
    for key in ("joins", "leaves"):
        sources = partial_sources(facts, key)
        if sources:
            what = metric_label(facts.language, key)
            lines.append(fill(facts.language._("{what}: counted in {sources} only."), what=what, sources=sources))
    return tuple(lines)


def partial_sources(facts: Facts, key: str) -> Sentence:
    """The sources that tell of a figure when others do not; nothing when all tell, or none."""
    tellers = [scope for scope in facts.scopes[1:] if facts.figure(key, scope).now.value is not None]
    if not tellers or len(tellers) == len(facts.scopes) - 1 or facts.figure(key, "all").now.value is None:
        return ()
    names: list[Piece] = []
    for scope in tellers:
        names += [", "] if names else []
        names.append(facts.board.slots[f"source.{scope}"])
    return tuple(names)


def quality_blocks(facts: Facts) -> list[Block]:
    """How good the data are."""
    words = facts.language
    return [Heading(2, (words._("The data"),)), Bullets(quality_lines(facts))]


def quality_lines(facts: Facts) -> tuple[Sentence, ...]:
    """The as-of, sources that ended, gaps and the gate's warnings, one line each."""
    words, quality = facts.language, facts.quality
    lines: list[Sentence] = []
    if quality.as_of is None:
        lines.append((words._("No source has delivered data yet."),))
    else:
        zone = facts.board.given("zone", facts.options.timezone, "text")
        lines.append(fill(words._("Data as of {instant} ({zone})."), instant=quality.as_of, zone=zone))
    for source, day in quality.ends:
        lines.append(fill(words._("{source}: the export ends on {day}."), source=source, day=day))
    for gap in quality.gaps:
        where: Sentence = (gap.source,) if gap.stream is None else (gap.source, ", ", gap.stream)
        template = words._("Gap: {where}: since {span}, still open: {reason}")
        if not gap.is_open:
            template = words._("Gap: {where}: {span}: {reason}")
        lines.append(fill(template, where=where, span=gap.span, reason=gap.reason))
    if quality.more_gaps is not None:
        template = words.plural("and {count} more gap", "and {count} more gaps", int(quality.more_gaps.value))
        lines.append(fill(template, count=quality.more_gaps))
    if not quality.gaps and quality.as_of is not None:
        none = words._("No gaps in the last weeks.")
        lines.append((none if facts.is_latest else words._("No gaps in the twelve weeks up to this one."),))
    lines += _warning_lines(facts)
    return tuple(lines)


def _warning_lines(facts: Facts) -> list[Sentence]:
    words, quality = facts.language, facts.quality
    count = int(quality.warning_count.value)
    if not count:
        return [(words._("The checks before publication found nothing to warn of."),)]
    template = words.plural(
        "The checks before publication gave {count} warning:",
        "The checks before publication gave {count} warnings:",
        count,
    )
    line: list[Sentence] = [fill(template, count=quality.warning_count)]
    for check, table in quality.warnings:
        line.append(fill(words._("Warning: {check} ({table})"), check=check, table=table) if table.value else (check,))
    if quality.more_warnings is not None:
        more = quality.more_warnings
        line.append(fill(words.plural("and {count} more", "and {count} more", int(more.value)), count=more))
    return line
