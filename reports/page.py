"""Pages from templates: one self-contained file each, asking nobody for anything."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import render
from reports.document import Document, Heading, sentences
from reports.facts import Facts

FOLDER = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """The templates, escaping by default; a name they lack is an error."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def page(name: str, facts: Facts, **values: Any) -> str:
    """A template filled for a reader's language."""
    style = Markup((FOLDER / "style.css").read_text(encoding="utf-8"))
    return templates().get_template(name).render(lang=facts.language.code, style=style, _=facts.language._, **values)


def safe(markup: str) -> Markup:
    """HTML that our own renderers made, their foreign text escaped already."""
    return Markup(markup)


def summary_page(facts: Facts, document: Document) -> str:
    """summary.html."""
    first = next(block for block in document if isinstance(block, Heading))
    title = "".join(render.plain_words(words) for words in sentences(first))
    return page("summary.html.j2", facts, title=title, body=safe(render.html_blocks(document)))
