"""Names, titles and links from platforms made harmless: as plain text, in HTML and in Markdown."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote, urlsplit

LONGEST = 80
LONGEST_NOTE = 240
NAMELESS = "\u2014"
JOINERS = "\u200c\u200d"  # Persian and emoji need them; every other invisible character goes
BREAK = "\u200b"
MARKS = 3
PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:/&=\"'^$%,;?])")
FORMAT_CHARACTER = re.compile("@")


def clean_text(value: str, longest: int = LONGEST) -> str:
    """One visible line: no control, bidirectional or invisible characters, no piles of accents, not too long."""
    kept: list[str] = []
    marks = 0
    for character in value:
        kind = unicodedata.category(character)
        marks = marks + 1 if kind == "Mn" else 0
        if kind in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif marks <= MARKS and (kind not in ("Cf", "Cs", "Cn") or character in JOINERS):
            kept.append(character)
    line = " ".join("".join(kept).split()).strip(JOINERS)
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return line or NAMELESS


def clean_url(value: str) -> str:
    """The address when it is plainly http or https, with everything else that could break out encoded; else ''."""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    return quote(value.strip(), safe=":/?#=&%+,;~-._")


def as_html(text: str) -> str:
    """Text for an HTML body or a quoted attribute."""
    return html.escape(text, quote=True)


def as_markdown(text: str) -> str:
    """Text that Markdown shows letter by letter; a mention is broken so that it calls nobody."""
    # a backslash would be undone before a platform looks for mentions, so these are parted by a zero-width space
    return FORMAT_CHARACTER.sub("@" + BREAK, PUNCTUATION.sub(r"\\\1", text))
