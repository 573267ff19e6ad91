"""The summary as a chat message: short, plain, without a name in it, and calling nobody."""

from __future__ import annotations

import re

from reports import render
from reports.document import Bullets, Document, Heading, Paragraph
from reports.escape import BREAK

LONGEST = 1900  # the shortest limit among the channels is 2,000 characters
# what a channel, or the library that posts to it, would take for a mention, a command or a mark-up
CALLS = re.compile(r"([@<]|!(?=\w)|(?:^|(?<=\s))[/#])")


def message(document: Document) -> str:
    """Plain text of at most one message, cut at a line."""
    lines: list[str] = []
    for block in document:
        if isinstance(block, Heading):
            lines += ["", calls_nobody(render.plain_words(block.words))]
        elif isinstance(block, Paragraph):
            lines.append(calls_nobody(render.plain_words(block.words)))
        elif isinstance(block, Bullets):
            lines += ["• " + calls_nobody(render.plain_words(line)) for line in block.lines]
    while sum(len(line) + 1 for line in lines) > LONGEST:
        lines.pop()
    return "\n".join(lines).strip() + "\n"


def calls_nobody(line: str) -> str:
    """A line whose mentions and commands are parted by a zero-width space, so that they are words."""
    return CALLS.sub(r"\1" + BREAK, line)
