"""The summary as a chat message: short, plain, without a name in it, and calling nobody."""

from __future__ import annotations

import re

from reports import render
from reports.document import Bullets, Document, Heading, Paragraph
from reports.escape import BREAK

LONGEST = 1900  # the shortest limit among the channels is 2,000 characters
# what a channel would take for a mention, a command or a mark-up: parted from what follows by a zero-width space
CALLS = re.compile(r"([@<]|(?:^|(?<=\s))[/!#])")


def message(document: Document) -> str:
    """Plain text of at most one message, cut at a line."""
    lines: list[str] = []
    for block in document:
        if isinstance(block, Heading):
            lines += ["", _plain(render.plain_words(block.words))]
        elif isinstance(block, Paragraph):
            lines.append(_plain(render.plain_words(block.words)))
        elif isinstance(block, Bullets):
            lines += ["• " + _plain(render.plain_words(line)) for line in block.lines]
    while sum(len(line) + 1 for line in lines) > LONGEST:
        lines.pop()
    return "\n".join(lines).strip() + "\n"


def _plain(line: str) -> str:
    return CALLS.sub(r"\1" + BREAK, line)
