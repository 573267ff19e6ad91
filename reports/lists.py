"""The desk in words: whom to welcome, answer, write to and thank, and what to do first."""

from __future__ import annotations

from collections.abc import Callable

from reports.churn import Record
from reports.desk import Entry, List
from reports.document import Block, Bullets, Heading, Paragraph, Sentence, fill
from reports.facts import Facts
from reports.language import Language
from reports.slots import Slot

Line = Callable[[Language, Entry], Sentence]


def todo_blocks(facts: Facts) -> list[Block]:
    """What to do, from the lists: nothing where they are empty."""
    words, desk = facts.language, facts.desk
    lines: list[Sentence] = []
    if (count := _some(desk.newcomers)) is not None:
        one = words.plural(
            "Welcome {count} newcomer whom nobody has answered.",
            "Welcome {count} newcomers whom nobody has answered.",
            int(count.value),
        )
        lines.append(fill(one, count=count))
    if (count := _some(desk.questions)) is not None:
        one = words.plural(
            "Answer {count} open question; the oldest has waited {wait}.",
            "Answer {count} open questions; the oldest has waited {wait}.",
            int(count.value),
        )
        lines.append(fill(one, count=count, wait=desk.questions.entries[0].figures["wait"]))
    if (count := _some(desk.quiet)) is not None:
        one = words.plural(
            "Write to {count} regular member who has gone quiet.",
            "Write to {count} regular members who have gone quiet.",
            int(count.value),
        )
        lines.append(fill(one, count=count))
    if (count := _some(desk.thanks)) is not None:
        one = words.plural(
            "Thank {count} member who answered others most.",
            "Thank {count} members who answered others most.",
            int(count.value),
        )
        lines.append(fill(one, count=count))
    return [Heading(2, (words._("What to do"),)), Bullets(tuple(lines))] if lines else []


def _some(listed: List) -> Slot | None:
    return listed.count if listed.count is not None and listed.count.value else None


def desk_blocks(facts: Facts) -> list[Block]:
    """The lists with names, where there are any."""
    words, desk = facts.language, facts.desk
    blocks: list[Block] = []
    for title, listed, line in (
        (words._("Newcomers to welcome"), desk.newcomers, _newcomer),
        (words._("Questions nobody has answered yet"), desk.questions, _question),
        (words._("Regular members gone quiet"), desk.quiet, _quiet),
        (words._("People to thank"), desk.thanks, _helper),
    ):
        if listed.entries:
            blocks += [Heading(2, (title,)), Bullets(_lines(words, listed, line))]
            if line is _quiet:
                blocks += _record(words, facts.record, any(entry.figures.get("like") for entry in listed.entries))
    return blocks


def _lines(words: Language, listed: List, line: Line) -> tuple[Sentence, ...]:
    lines = [line(words, entry) for entry in listed.entries]
    if listed.more is not None:
        more = words.plural("and {count} more", "and {count} more", int(listed.more.value))
        lines.append(fill(more, count=listed.more))
    return tuple(lines)


def _newcomer(words: Language, entry: Entry) -> Sentence:
    figures = entry.figures
    if entry.kind == "silent":
        return fill(words._("{who}: new since {since}, has not written yet"), who=entry.who, since=figures["since"])
    if entry.kind == "waiting":
        line = fill(
            words._("{who}: new since {since}, first message unanswered for {wait}"),
            who=entry.who,
            since=figures["since"],
            wait=figures["wait"],
        )
    else:
        line = fill(words._("{who}: new since {since}, has been answered"), who=entry.who, since=figures["since"])
    return _with_title(words, line, entry)


def _question(words: Language, entry: Entry) -> Sentence:
    template = words._("{who} asked on {since}, {wait} ago")
    return _with_title(
        words, fill(template, who=entry.who, since=entry.figures["since"], wait=entry.figures["wait"]), entry
    )


def _with_title(words: Language, line: Sentence, entry: Entry) -> Sentence:
    return line if entry.what is None else fill(words._("{line}: {title}"), line=line, title=entry.what)


def _quiet(words: Language, entry: Entry) -> Sentence:
    figures = entry.figures
    templates = {
        "silent": words._("{who}: silent for {days}"),
        "risk": words._("{who}: silent for {days}, usually {usual}; of {like} like them {back} came back"),
        "risk_new": words._("{who}: silent for {days}; of {like} like them {back} came back"),
    }
    line = fill(templates[entry.kind], who=entry.who, **figures)
    told = [said for key, said in reason_words(words).items() if key in entry.reasons]
    return fill(words._("{line} ({reasons})"), line=line, reasons=", ".join(told)) if told else line


def reason_words(words: Language) -> dict[str, str]:
    """What the keys of desk.member_risk.reasons mean, in the order they are told."""
    return {
        "silent_longer_than_usual": words._("far longer than usual for them"),
        "silent_over_two_weeks": words._("silent for weeks"),
        "silent_over_a_week": words._("silent for more than a week"),
        "one_active_day": words._("active on a single day in the month before"),
        "few_active_days": words._("active on few days in the month before"),
        "newcomer": words._("new here"),
    }


def _helper(words: Language, entry: Entry) -> Sentence:
    figures = entry.figures
    count = int(figures["count"].value)
    line = fill(
        words.plural(
            "{who}: answered {count} question of others", "{who}: answered {count} questions of others", count
        ),
        who=entry.who,
        count=figures["count"],
    )
    if "reach" not in figures:
        return line
    heard = words.plural(
        "{line}; {reach} member answered or reacted to them in four weeks",
        "{line}; {reach} members answered or reacted to them in four weeks",
        int(figures["reach"].value),
    )
    return fill(heard, line=line, reach=figures["reach"])


def _record(words: Language, record: Record | None, is_used: bool) -> list[Block]:
    """How the score behind the list did in this community, or why there is none."""
    if record is None:
        return []
    if is_used and record.verdict == "shown":
        said = words._(
            "Order by risk of staying away. In this community it beat silence alone in {won} of {origins} past checks"
            " (AUC {auc} against {recency})."
        )
        line = fill(said, won=record.won, origins=record.origins, auc=record.auc, recency=record.recency)
        return [Paragraph(line, "note")]
    if record.verdict == "recency_not_beaten":
        said = words._(
            "No risk is shown: in {origins} past checks it told no more than silence alone"
            " (AUC {auc} against {recency})."
        )
        return [Paragraph(fill(said, origins=record.origins, auc=record.auc, recency=record.recency), "note")]
    if record.verdict != "shown":
        said = words._("No risk is shown: in this community it has not proved better than silence alone.")
        return [Paragraph((said,), "note")]
    return []
