"""Then words: the facts of a week told as a document in the reader's language."""

from __future__ import annotations

from reports.calendar import Event
from reports.changes import Item
from reports.document import Block, Bullets, Document, Heading, Paragraph, Sentence, fill
from reports.facts import Facts
from reports.figures import Figure
from reports.labels import metric_label
from reports.language import Language
from reports.lists import desk_blocks, todo_blocks
from reports.sections import figure_blocks, quality_blocks
from reports.slots import Piece, Slot

# plural forms go by the number; a withheld "fewer than 5" takes the form of many
MANY = 5


def compose(facts: Facts) -> Document:
    """The whole summary, in the order a manager reads it."""
    words = facts.language
    title = Heading(1, fill(words._("{community}: the week"), community=facts.board.slots["community"]))
    blocks: list[Block] = [title]
    if facts.week is None:
        blocks += _no_week(facts)
    else:
        blocks.append(Paragraph(headline(facts), "headline"))
        blocks += change_blocks(facts)
        blocks += todo_blocks(facts)
        blocks += figure_blocks(facts)
        blocks += desk_blocks(facts)
    blocks += quality_blocks(facts)
    return tuple(blocks)


def brief(facts: Facts) -> Document:
    """What goes to a chat: headline, changes, what to do, and how good the data are; nobody's name."""
    words = facts.language
    title = Heading(1, fill(words._("{community}: the week"), community=facts.board.slots["community"]))
    if facts.week is None:
        return (title, Paragraph(headline(facts)))
    # the note on how items are chosen is for those who read the whole
    told = [block for block in change_blocks(facts) if not isinstance(block, Paragraph) or block.role != "note"]
    return (title, Paragraph(headline(facts)), *told, *todo_blocks(facts), *quality_blocks(facts))


def headline(facts: Facts) -> Sentence:
    """One sentence about the active members, and whether anything left its usual range."""
    words = facts.language
    if facts.week is None:
        return (words._("There is no complete week to report on yet."),)
    figure = facts.figure("active")
    first = _active(words, figure, facts.board.slot("period"))
    if facts.scope != "all":
        first = (facts.board.slots[f"source.{facts.scope}"], " · ", *first)
    if not facts.items and not facts.is_compared:
        return first
    if not facts.items:
        return (*first, " ", words._("A quiet week: no figure left its usual range."))
    name = "items.count" if facts.scope == "all" else f"items.count.{facts.scope}"
    count = facts.board.given(name, len(facts.items), "integer")
    template = words.plural(
        "{count} change stands out.",
        "{count} changes stand out.",
        len(facts.items),
    )
    return (*first, " ", *fill(template, count=count))


def _active(words: Language, figure: Figure, period: Slot) -> Sentence:
    if figure.now.value is None:
        return fill(words._("{period}: how many members were active is not known."), period=period)
    count = MANY if figure.now.withheld else int(figure.now.value)
    what = fill(
        words.plural("{period}: {count} member was active", "{period}: {count} members were active", count),
        period=period,
        count=figure.now,
    )
    if not figure.change.is_known:
        return (*what, ".")
    return (*what, *_than_before(words, figure))


def _than_before(words: Language, figure: Figure) -> Sentence:
    """The end of a sentence: how much more or less than in the week before."""
    if figure.change.value == 0:
        return (words._(", as many as the week before."),)
    more = words._(", {size} more than the week before.")
    fewer = words._(", {size} fewer than the week before.")
    more_share = words._(", {size} more than the week before ({percent}).")
    fewer_share = words._(", {size} fewer than the week before ({percent}).")
    is_more = figure.change.value > 0
    if figure.percent is None:
        return fill(more if is_more else fewer, size=figure.size)
    return fill(more_share if is_more else fewer_share, size=figure.size, percent=figure.percent)


def change_blocks(facts: Facts) -> list[Block]:
    """What changed, or that nothing did."""
    words = facts.language
    head = Heading(2, (words._("What changed"),))
    if not facts.items:
        quiet = words._("Nothing that can be told from the usual ups and downs.")
        if not facts.is_compared:
            quiet = words._("The weeks before do not yet tell what is usual, or the sources changed in between.")
        return [head, Paragraph((quiet,)), *_calendar(facts)]
    lines = tuple(item_sentence(facts, item) for item in facts.items)
    note = words._(
        "Listed only when a figure clearly left its usual range and the difference is large enough to matter."
    )
    if facts.events:
        note += " " + words._("What happened at the same time need not be the cause.")
    return [head, Bullets(lines), *_calendar(facts), Paragraph((note,), "note")]


def _calendar(facts: Facts) -> list[Block]:
    """What the week coincides with; that nothing changed is worth knowing of an event, too."""
    if not facts.events:
        return []
    words = facts.language
    return [Paragraph(fill(words._("In the calendar: {events}."), events=_events(words, facts.events)))]


def _events(words: Language, events: tuple[Event, ...]) -> Sentence:
    told: list[Piece] = []
    for event in events:
        day: Sentence = (event.first,)
        if event.last is not None:
            day = fill(words._("{first} to {last}"), first=event.first, last=event.last)
        told += [", " if told else "", *fill(words._("{event} ({day})"), event=event.name, day=day)]
    return tuple(told)


def item_sentence(facts: Facts, item: Item) -> Sentence:
    """One change: the value, the direction, what is usual, the week before."""
    words = facts.language
    what: Sentence = (metric_label(words, item.metric),)
    if item.scope not in ("all", facts.scope):
        what = (*what, ", ", facts.board.slots[f"source.{item.scope}"])
    if item.day is not None:
        what = (*what, ", ", item.day)
    usual = fill(words._("usual range {lo} to {hi}"), lo=item.lo, hi=item.hi)
    if item.percent is not None:
        usual = fill(words._("{percent}; {range}"), percent=item.percent, range=usual)
    above = words._("{what}: {value}, above the usual {usual} ({details}).")
    below = words._("{what}: {value}, below the usual {usual} ({details}).")
    told = fill(above if item.is_up else below, what=what, value=item.value, usual=item.usual, details=usual)
    if item.before is not None:
        told = (*told, " ", *fill(words._("The week before: {before}."), before=item.before))
    if item.events:
        at_once = words._("At the same time: {events}.")
        told = (*told, " ", *fill(at_once, events=_events(words, item.events)))
    return (*told, *_by_source(facts, item))


def _by_source(facts: Facts, item: Item) -> Sentence:
    """Where a change of messages lies: the sources' differences add up to the whole."""
    if item.scope != "all" or item.metric not in ("posts", "comments") or len(facts.scopes) < 3:
        return ()
    parts: list[Piece] = []
    for scope in facts.scopes[1:]:
        change = facts.figure(item.metric, scope).change
        if not change.is_known:
            return ()
        parts += [", " if parts else "", facts.board.slots[f"source.{scope}"], " ", change]
    template = facts.language._("Difference from the week before by source: {parts}.")
    return (" ", *fill(template, parts=tuple(parts)))


def _no_week(facts: Facts) -> list[Block]:
    words = facts.language
    explained = words._("The first report follows when a whole week, Monday to Sunday, has been observed.")
    return [Paragraph(headline(facts), "headline"), Paragraph((explained,))]
