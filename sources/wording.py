"""Takes persons out of other people's texts: the erased wholly, with their marked quotes; the rest under pseudonyms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection

from sources.marks import Keyring, Kind

ERASED = "[erased]"
ERASED_QUOTE = f"[quote]\n{ERASED}\n[/quote]"
ADDRESS_LEFT_OUT = "[address]"
LONGEST_NAME = 5  # words
_QUOTE_TAG = re.compile(r"(\[/?quote\b[^\]]*\])", re.IGNORECASE)
_QUOTED = re.compile(r"\[quote\s*=\s*(.*)\]", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"@?\w[\w.-]*")
_PART = re.compile(r"\w+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MENTION = re.compile(r"(?<![\w@/.<])@(\w[\w.-]{0,59})")
_PROFILE = re.compile(r"(?<=\bu/)(\w[\w.-]*)|(?<=/users/)(\w[\w.-]*)|(?<=/@)(\w[\w.-]*)")
_SLACK_LABEL = re.compile(r"<@(\w+)\|[^>]*>")
_CACHED = 500_000


class Eraser:
    """Finds the erased people of one source again by their marks."""

    def __init__(self, keys: Keyring, source: str, erased: Collection[str]) -> None:
        self.keys, self.source, self.erased = keys, source, frozenset(erased)
        self._cache: dict[tuple[Kind, str], bool] = {}

    def knows(self, kind: Kind, value: str) -> bool:
        """Whether that account, name, address or thread is an erased person's."""
        key = (kind, value)
        if key not in self._cache:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[key] = self.keys.mark(self.source, kind, value) in self.erased
        return self._cache[key]

    def text(self, text: str) -> str:
        """The text without the erased: marked quotes, addresses, full names, mentions, handles and ids."""
        text = self._quotes(text)
        if "@" in text:
            text = _ADDRESS.sub(lambda found: self._address(found.group()), text)
        return _TOKEN.sub(lambda found: self._token(found.group()), self._full_names(text))

    def is_in_json(self, document: str) -> bool:
        """Whether a JSON text (or what should have been one) names an erased person."""
        if "\\u" in document:
            try:
                document = json.dumps(json.loads(document), ensure_ascii=False)
            except ValueError:
                document = document.encode("utf-8", "replace").decode("unicode_escape", "replace")
        return self.text(document) != document

    def _quotes(self, text: str) -> str:
        if "[quote" not in text.lower():
            return text
        kept: list[str] = []
        depth = inside = 0  # `inside`: how deep within an erased quote
        for part in _QUOTE_TAG.split(text):
            is_tag = _QUOTE_TAG.fullmatch(part) is not None
            opens, closes = is_tag and not part.startswith("[/"), is_tag and part.startswith("[/")
            if inside:
                inside += opens - closes
                continue
            if opens and any(self.knows("name", name) for name in quoted(part)):
                inside = 1
                kept.append(ERASED_QUOTE)
                continue
            depth = max(0, depth + opens - closes)
            kept.append(part)
        return "".join(kept)

    def _address(self, address: str) -> str:
        hashed = hashlib.sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()
        return ERASED if self.knows("address", hashed) else address

    def _full_names(self, text: str) -> str:
        words = list(_PART.finditer(text))
        at = 0
        kept: list[str] = []
        position = 0
        while position < len(words):
            length = self._length_of_name(words, position)
            if length:
                kept += [text[at : words[position].start()], ERASED]
                at = words[position + length - 1].end()
            position += length or 1
        return "".join([*kept, text[at:]])

    def _length_of_name(self, words: list[re.Match[str]], position: int) -> int:
        if not self.knows("first", words[position].group()):
            return 0
        window = [found.group() for found in words[position : position + LONGEST_NAME]]
        lengths = range(len(window), 1, -1)
        return next((length for length in lengths if self.knows("full", " ".join(window[:length]))), 0)

    def _token(self, token: str) -> str:
        name = token.lstrip("@").rstrip(".-_")
        rest = token[len(token.rstrip(".-_")) :]
        if self._is_called(name, mentioned=token.startswith("@")):
            return ERASED + rest
        if token.startswith("@") or not ("." in name or "-" in name):
            return token
        # a slug, a sentence without its space: the words one by one
        return _PART.sub(lambda found: ERASED if self._is_called(found.group(), False) else found.group(), token)

    def _is_called(self, name: str, mentioned: bool) -> bool:
        if not mentioned and len(name) < 3:
            return False  # a word of two letters is no one's name for sure
        return self.knows("name", name) or (not name.isdigit() and self.knows("account", name))


def quoted(tag: str) -> list[str]:
    """Who a [quote="…"] tag says is quoted: the name shown, and the handle where it is told apart."""
    found = _QUOTED.fullmatch(tag)
    if not found:
        return []
    first, *more = (part.strip() for part in found.group(1).strip("\"'\u201c\u201d\u00ab\u00bb ").split(","))
    handles = [part.partition(":")[2].strip() for part in more if part.lower().startswith("username:")]
    return [name for name in (first, *handles) if name]


def pseudonymous(text: str, pseudonym: Callable[[str], str]) -> str:
    """The text with pseudonyms in its mentions, profile links and quotes, and without addresses.

    A name written as a plain word stays: nothing tells it from one.
    """
    text = _QUOTE_TAG.sub(lambda found: _quote(found.group(), pseudonym), text)
    if "<@" in text:
        text = _SLACK_LABEL.sub(r"<@\1>", text)
    if "@" in text:
        text = _ADDRESS.sub(ADDRESS_LEFT_OUT, text)
    text = _PROFILE.sub(lambda found: pseudonym(found.group()), text)
    return _MENTION.sub(lambda found: f"@{_handle(found.group(1), pseudonym)}", text)


def _handle(handle: str, pseudonym: Callable[[str], str]) -> str:
    name = handle.rstrip(".-_")
    return pseudonym(name) + handle[len(name) :]


def _quote(tag: str, pseudonym: Callable[[str], str]) -> str:
    for name in quoted(tag):
        tag = tag.replace(name, pseudonym(name))
    return tag
