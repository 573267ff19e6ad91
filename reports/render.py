"""The document in its written forms: Markdown, plain text and HTML, with all foreign text escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.document import Block, Bullets, Document, Heading, Paragraph, Sentence, Table, sentences
from reports.escape import as_html, as_markdown
from reports.slots import Link, Slot, slots_of

FOREIGN = ("text", "note")


def markdown(document: Document) -> str:
    """CommonMark with a pipe table."""
    return "\n\n".join(_markdown_block(block) for block in document) + "\n"


def _markdown_block(block: Block) -> str:
    if isinstance(block, Heading):
        return "#" * block.level + " " + _markdown_words(block.words)
    if isinstance(block, Paragraph):
        words = _markdown_words(block.words)
        return {"headline": f"**{words}**", "note": f"*{words}*"}.get(block.role, words)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_markdown_words(line)}" for line in block.lines)
    lines = [_markdown_row(block.header), "| --- |" + " ---: |" * (len(block.header) - 1)]
    return "\n".join([*lines, *(_markdown_row(row) for row in block.rows)])


def _markdown_row(cells: tuple[Sentence, ...]) -> str:
    return "| " + " | ".join(_markdown_words(cell) for cell in cells) + " |"


def _markdown_words(words: Sentence) -> str:
    return "".join(
        f"[{as_markdown(piece.label.text)}](<{piece.url.text}>)" if isinstance(piece, Link) else _markdown_piece(piece)
        for piece in words
    )


def _markdown_piece(piece: str | Slot) -> str:
    if isinstance(piece, str):
        return piece
    return as_markdown(piece.text) if piece.format in FOREIGN else piece.text


def text(document: Document) -> str:
    """Plain text with ruled headings and aligned columns."""
    return "\n\n".join(_text_block(block) for block in document) + "\n"


def _text_block(block: Block) -> str:
    if isinstance(block, Heading):
        words = plain_words(block.words)
        return words + "\n" + ("=" if block.level == 1 else "-") * width(words)
    if isinstance(block, Paragraph):
        return plain_words(block.words)
    if isinstance(block, Bullets):
        return "\n".join(f"* {plain_words(line)}" for line in block.lines)
    return _text_table(block)


def _text_table(table: Table) -> str:
    rows = [[plain_words(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        first = row[0] + " " * (widths[0] - width(row[0]))
        rest = [" " * (size - width(cell)) + cell for cell, size in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *rest]).rstrip())
    return "\n".join(lines)


def width(words: str) -> int:
    """Columns that a line takes in a terminal."""
    columns = 0
    for character in words:
        if not unicodedata.combining(character):
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def plain_words(words: Sentence) -> str:
    """A sentence as one plain line."""
    return "".join(
        f"{piece.label.text} <{piece.url.text}>"
        if isinstance(piece, Link)
        else piece.text
        if isinstance(piece, Slot)
        else piece
        for piece in words
    )


def html_words(words: Sentence) -> str:
    """A sentence as HTML; foreign text is isolated so that its direction does not spill over."""
    return "".join(_html_piece(piece) for piece in words)


def _html_piece(piece: str | Slot | Link) -> str:
    if isinstance(piece, str):
        return as_html(piece)
    if isinstance(piece, Link):
        label = as_html(piece.label.text)
        address = as_html(piece.url.text)
        return f'<a href="{address}" rel="noopener noreferrer nofollow">{_marked("bdi", piece.label, label)}</a>'
    return _marked("bdi" if piece.format in FOREIGN else "span", piece, as_html(piece.text))


def _marked(tag: str, slot: Slot, shown: str) -> str:
    """A slot's text with the slot's name on it, so that every number on the page leads back to its row."""
    unknown = "" if slot.is_known else ' class="unknown"'
    return f'<{tag} data-slot="{as_html(slot.name)}"{unknown}>{shown}</{tag}>'


def visible_slots(document: Document) -> list[str]:
    """Names of the slots that a reader of the HTML sees, in order: of a link its label only."""
    found = [slot for block in document for words in sentences(block) for slot in slots_of(words)]
    return [slot.name for slot in found if slot.format != "url"]


def html_blocks(document: Document) -> str:
    """The document's body as HTML."""
    return "\n".join(_html_block(block) for block in document)


def _html_block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{html_words(block.words)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f'<p class="{block.role}">{html_words(block.words)}</p>'
    if isinstance(block, Bullets):
        return "<ul>\n" + "\n".join(f"<li>{html_words(line)}</li>" for line in block.lines) + "\n</ul>"
    return html_table(block)


@dataclass(frozen=True)
class Mark:
    """The days a row of a table speaks of, and whether it is hidden until an earlier week is looked at."""

    first: date
    last: date
    hidden: bool


def html_table(table: Table, marks: Sequence[Mark] = (), span: int = 0) -> str:
    """A table with row and column headers, in a box that scrolls by itself when it is wide.

    `marks` tell the days of its rows, `span` how many days up to the week looked at it shows.
    """
    head = "".join(f'<th scope="col">{html_words(cell)}</th>' for cell in table.header)
    rows = "\n".join(
        f'<tr{_days(marks[place]) if marks else ""}><th scope="row">{html_words(row[0])}</th>'
        + "".join(f"<td>{html_words(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for place, row in enumerate(table.rows)
    )
    inside = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    shown = f' data-span="{span}"' if marks else ""
    return f'<div class="scroll" tabindex="0"><table{shown}>\n{inside}</table></div>'


def _days(mark: Mark) -> str:
    return f' data-first="{mark.first}" data-last="{mark.last}"' + (" hidden" if mark.hidden else "")
