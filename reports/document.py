"""The words of a report as blocks of pieces, before any form is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from reports.slots import Piece

Sentence = tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the report's title."""

    level: int
    words: Sentence


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `role` is plain, headline or note."""

    words: Sentence
    role: str = "plain"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    lines: tuple[Sentence, ...]


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    header: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence, ...], ...]


Block = Heading | Paragraph | Bullets | Table
Document = tuple[Block, ...]


def fill(template: str, **values: Piece | Sentence) -> Sentence:
    """A translated template with its placeholders filled by pieces; a placeholder left empty is an error."""
    pieces: list[Piece] = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            pieces.append(text)
        if name is not None:
            value = values[name]
            pieces.extend(value if isinstance(value, tuple) else (value,))
    return tuple(pieces)


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of a block in reading order."""
    if isinstance(block, (Heading, Paragraph)):
        yield block.words
    elif isinstance(block, Bullets):
        yield from block.lines
    else:
        yield from block.header
        for row in block.rows:
            yield from row
