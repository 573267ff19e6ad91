"""Takes length, links, question and mentions from texts, column-wise; quotes and code are not the author's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from sources.streams import Features, Markup

NAMES = ("text_length", "links_count", "has_question", "mentions")
QUESTION_MARKS = (r"\?", "\uff1f", "\u061f")  # Latin, full-width, Arabic
# a url ends before closing punctuation, so that "seen https://x.org/?" stays a question
_URL = r"https?://[^\s<>\"]*[^\s<>\"?!.,:;*_~')\]]"
_PYTHON_URL = re.compile(r"https?://\S+")
_QUOTE_TAG = re.compile(r"(\[/?quote\b[^\]]*\])", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@(\w[\w.-]{0,59})")
_SLACK_ID = re.compile(r"<@(\w+)")


def features(declared: Features, text: pa.Array, title: pa.Array | None) -> dict[str, pa.Array]:
    """The four feature columns of a text column; null where the text is null."""
    own = _own_words(text, declared.markup)
    has_question = _has_question(_without_links(own, declared.markup))
    if title is not None:
        has_question = pc.or_(has_question, pc.fill_null(_has_question(title), False))
    return {
        "text_length": pc.utf8_length(text).cast(pa.int64()),
        "links_count": _links(own, declared.markup).cast(pa.int64()),
        "has_question": has_question,
        "mentions": _mentions(own, declared.markup),
    }


def _has_question(text: pa.Array) -> pa.Array:
    # one literal at a time: the engine then searches bytes, ten times faster than with a class of characters
    latin, wide, arabic = (pc.match_substring_regex(text, mark) for mark in QUESTION_MARKS)
    return pc.or_(pc.or_(latin, wide), arabic)


def _replace(array: pa.Array, marker: str, *patterns: str, by: str = " ") -> pa.Array:
    """Replaces the patterns in the rows that hold the marker, a literal that is found much faster than a pattern."""

    def change(some: pa.Array) -> pa.Array:
        for pattern in patterns:
            some = pc.replace_substring_regex(some, pattern, by)
        return some

    return _where(array, marker, change)


def _where(text: pa.Array, marker: str, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Changes only the rows that hold the marker."""
    mask = pc.fill_null(pc.match_substring_regex(text, marker), False)
    if not pc.any(mask, min_count=0).as_py():
        return text
    return pc.replace_with_mask(text, mask, change(pc.filter(text, mask)))


def _own_words(text: pa.Array, markup: Markup) -> pa.Array:
    """The text without code, quotes and pictures."""
    text = _replace(text, "`", r"(?s)```.*?(?:```|\z)", r"`[^`\n]+`")
    if markup == "slack":
        return _replace(text, "&gt;", r"(?ms)^&gt;&gt;&gt;.*", r"(?m)^&gt;.*$")
    text = _replace(text, "~~~", r"(?ms)^~~~.*?(?:^~~~|\z)")
    text = _replace(text, ">", r"(?m)^[ \t]*>.*$")
    text = _replace(text, r"!\[", r"!\[[^\[\]]*\]\([^()]*\)")
    text = _where(text, r"(?i)\[quote", _without_quotes)
    # a label that repeats its address is one link
    return _replace(text, r"\]\(http", r"\[\s*https?://[^\]\s]*\s*\]\(", by="[](")


def _without_quotes(texts: pa.Array) -> pa.Array:
    return pa.array([without_quotes(text) for text in texts.to_pylist()], pa.string())


def without_quotes(text: str) -> str:
    """The text outside [quote]…[/quote], nested ones too; an unclosed quote reaches to the end."""
    kept, depth = [], 0
    for part in _QUOTE_TAG.split(text):
        if _QUOTE_TAG.fullmatch(part):
            depth = max(0, depth - 1) if part.startswith("[/") else depth + 1
        elif depth == 0:
            kept.append(part)
    return " ".join(kept)


def _links(own: pa.Array, markup: Markup) -> pa.Array:
    if markup == "slack":
        return pc.count_substring_regex(own, "<https?://")
    return pc.count_substring_regex(own, "https?://")


def _without_links(own: pa.Array, markup: Markup) -> pa.Array:
    if markup == "slack":
        return _replace(own, "<", r"<[^<>]*>")
    own = _replace(own, r"\]\(", r"\]\((?:[^()]|\([^()]*\))*\)")
    return _replace(own, "://", _URL)


def _mentions(own: pa.Array, markup: Markup) -> pa.Array:
    """Lists of mentioned handles or ids; only rows with an @ are looked at one by one."""
    mask = pc.match_substring_regex(own, "<@" if markup == "slack" else "@")
    found = _slack_ids if markup == "slack" else _handles
    lists: list[list[str] | None] = [None if flag is None else [] for flag in mask.to_pylist()]
    for index in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist():
        lists[index] = found(own[index].as_py())
    return pa.array(lists, pa.list_(pa.string()))


def _handles(text: str) -> list[str]:
    plain = _PYTHON_URL.sub(" ", text)
    return _distinct(handle.rstrip(".-_").lower() for handle in _HANDLE.findall(plain))


def _slack_ids(text: str) -> list[str]:
    return _distinct(_SLACK_ID.findall(text))


def _distinct(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name]
