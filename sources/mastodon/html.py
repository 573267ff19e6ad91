"""The words of a status: its HTML without the tags, its paragraphs and links kept."""

from __future__ import annotations

from html.parser import HTMLParser

_BREAKS = {"br": "\n", "p": "\n\n", "blockquote": "\n\n", "pre": "\n\n", "ul": "\n\n", "ol": "\n\n", "li": "\n"}
_NOT_LINKS = frozenset({"mention", "hashtag", "u-url"})


def plain(content: str) -> str:
    """The text as its author wrote it, as near as the server's HTML tells."""
    words = _Words()
    words.feed(content)
    words.close()
    return "".join(words.parts)


class _Words(HTMLParser):
    """Gathers text. A link whose label hides its address is followed by it, so that links can be counted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: str | None = None  # the tag whose content is not the author's
        self._link: tuple[str, int] | None = None  # where it leads, where in `parts` its label begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a paragraph or a link."""
        told = dict(attrs)
        classes = frozenset((told.get("class") or "").split())
        if self._hidden is None and "quote-inline" in classes:
            self._hidden = tag  # what servers write for readers that know no quotes
        if tag in _BREAKS and self.parts and self._hidden is None:
            self.parts.append(_BREAKS[tag])
        if tag == "a" and not classes & _NOT_LINKS:
            self._link = (told.get("href") or "", len(self.parts))

    def handle_endtag(self, tag: str) -> None:
        """Closes a link."""
        if tag == self._hidden:
            self._hidden = None
        elif tag == "a" and self._link and self._hidden is None:
            address, begin = self._link
            if address.startswith("http") and not "".join(self.parts[begin:]).startswith("http"):
                self.parts.append(f" ({address})")
            self._link = None

    def handle_data(self, data: str) -> None:
        """Takes the words."""
        if self._hidden is None:
            self.parts.append(data)
