"""Reads a page as its reader does: the visible words, and the values marked with the slot they come from."""

from __future__ import annotations

from html.parser import HTMLParser

MARKED = ("span", "bdi")
SILENT = ("head", "style", "script", "title", "desc")


class PageText(HTMLParser):
    """The visible words of a page, and its marked values."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.slots: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._open: list[tuple[str, str | None, list[str]]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; what style and title hold is not part of the text."""
        if tag in SILENT:
            self._silent += 1
        name = dict(attrs).get("data-slot")
        if tag in MARKED:
            self._open.append((tag, name, []))
        self._parts.append(" " if tag in ("p", "li", "td", "th", "tr", "h1", "h2") else "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element and keep its text if it was marked."""
        if tag in SILENT:
            self._silent -= 1
        if tag in MARKED and self._open:
            _, name, words = self._open.pop()
            if name is not None:
                self.slots.append((name, "".join(words)))

    def handle_data(self, data: str) -> None:
        """Text of the page."""
        if self._silent <= 0:
            self._parts.append(data)
        for _, _, words in self._open:
            words.append(data)

    def words(self) -> str:
        """All visible words."""
        return "".join(self._parts)


def read_page(content: str) -> PageText:
    """The words and marked values of a whole page."""
    page = PageText()
    page.feed(content)
    page.close()
    return page
